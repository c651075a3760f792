import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { addressOf, ask, keyWanted, type Params, Refusal } from '../api/client'

/** An answer on its way. What was there before stays until the next is there, also where the intake does not answer for a moment. */
export interface Answer<T> {
  data: T | undefined
  error: Error | undefined
  isLoading: boolean
  /** It has taken so long that it has to be said. */
  isSlow: boolean
}

const slowMs = 300
const retryMs = 3_000
const growingMs = 5_000
const remembered = new Map<string, unknown>()
const maxRemembered = 12

/**
 * Asks the intake, again when the question changes, and every few seconds while its range reaches beyond now: the profile of a span that
 * has just ended comes with the next upload. undefined asks nothing.
 */
export function useQuery<T>(query: string, params: Params | undefined): Answer<T> {
  const address = params && addressOf(query, params)
  const [answer, setAnswer] = useState<Answer<T>>({
    data: undefined,
    error: undefined,
    isLoading: true,
    isSlow: false,
  })
  const wanted = keyWanted.value
  const [attempt, setAttempt] = useState(0)
  const shownQuery = useRef(query)
  // Before the page is painted: the intake works meanwhile.
  useLayoutEffect(() => {
    if (address === undefined)
      return setAnswer({ data: undefined, error: undefined, isLoading: false, isSlow: false })
    const known = remembered.get(address) as T | undefined
    if (known !== undefined)
      return setAnswer({ data: known, error: undefined, isLoading: false, isSlow: false })
    const abort = new AbortController()
    const before = (data: T | undefined) => (shownQuery.current === query ? data : undefined)
    // What failed a moment ago and is asked again stays said until it is answered.
    setAnswer(({ data, error }) => ({
      data: before(data),
      error: error && mayPass(error) ? error : undefined,
      isLoading: true,
      isSlow: false,
    }))
    shownQuery.current = query
    let next = 0
    const askAgain = () => {
      if (document.visibilityState === 'visible') setAttempt((before) => before + 1)
      else next = window.setTimeout(askAgain, growingMs)
    }
    const slow = setTimeout(() => setAnswer((answer) => ({ ...answer, isSlow: true })), slowMs)
    ask<T>(address, abort.signal)
      .then((data) => {
        if (abort.signal.aborted) return
        setAnswer({ data, error: undefined, isLoading: false, isSlow: false })
        if (isGrowing(params)) next = window.setTimeout(askAgain, growingMs)
        else remember(address, data)
      })
      .catch((error: Error) => {
        if (abort.signal.aborted) return
        setAnswer(({ data }) => ({
          data: mayPass(error) ? data : undefined,
          error,
          isLoading: false,
          isSlow: false,
        }))
        if (mayPass(error)) next = window.setTimeout(askAgain, retryMs)
      })
      .finally(() => clearTimeout(slow))
    return () => {
      clearTimeout(next)
      abort.abort()
    }
  }, [address, query, wanted, attempt])
  return answer
}

/** More than to the whole second that a range of the last hour ends with: that one moves with the clock. */
const isGrowing = (params: Params | undefined) => Number(params?.toMs) > Date.now() + growingMs

/** An intake that is started again answers later; what it refuses, it refuses again. */
const mayPass = (error: Error) =>
  !(error instanceof Refusal) || ['store_unavailable', 'intake_busy'].includes(error.code)

function remember(address: string, data: unknown): void {
  remembered.set(address, data)
  for (const first of remembered.keys()) {
    if (remembered.size <= maxRemembered) break
    remembered.delete(first)
  }
}
