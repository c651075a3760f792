import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf, ask, keyWanted, type Params } from '../api/client'

/** An answer on its way. What was there before stays until the next is there, marked as `stale`. */
export interface Answer<T> {
  data: T | undefined
  error: Error | undefined
  isLoading: boolean
  /** It has taken so long that it has to be said. */
  isSlow: boolean
}

const slowMs = 300
const remembered = new Map<string, unknown>()
const maxRemembered = 12

/** Asks the intake, again when the question changes; undefined asks nothing. */
export function useQuery<T>(query: string, params: Params | undefined): Answer<T> {
  const address = params && addressOf(query, params)
  const [answer, setAnswer] = useState<Answer<T>>({
    data: undefined,
    error: undefined,
    isLoading: true,
    isSlow: false,
  })
  const wanted = keyWanted.value
  const shownQuery = useRef(query)
  useEffect(() => {
    if (address === undefined)
      return setAnswer({ data: undefined, error: undefined, isLoading: false, isSlow: false })
    const known = remembered.get(address) as T | undefined
    if (known !== undefined)
      return setAnswer({ data: known, error: undefined, isLoading: false, isSlow: false })
    const abort = new AbortController()
    const before = (data: T | undefined) => (shownQuery.current === query ? data : undefined)
    setAnswer(({ data }) => ({ data: before(data), error: undefined, isLoading: true, isSlow: false }))
    shownQuery.current = query
    const slow = setTimeout(() => setAnswer((answer) => ({ ...answer, isSlow: true })), slowMs)
    ask<T>(address, abort.signal)
      .then((data) => {
        remember(address, data)
        setAnswer({ data, error: undefined, isLoading: false, isSlow: false })
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) setAnswer({ data: undefined, error, isLoading: false, isSlow: false })
      })
      .finally(() => clearTimeout(slow))
    return () => abort.abort()
  }, [address, query, wanted])
  return answer
}

function remember(address: string, data: unknown): void {
  remembered.set(address, data)
  for (const first of remembered.keys()) {
    if (remembered.size <= maxRemembered) break
    remembered.delete(first)
  }
}
