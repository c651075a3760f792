import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type Outcome, parseRetryAfter } from './retry'
import type { Target } from './target'

/** One request. */
export interface Request {
  target: Target
  headers: Record<string, string>
  body: Buffer
  /** From connecting to the end of the answer. */
  timeoutMs: number
  /** Of the host's addresses; Node's own where absent. */
  lookup?: LookupFunction | undefined
}

/** An answer's body is worth nothing to the agent; more than this of it is not waited for. */
const maxAnswerBytes = 65_536
const maxHeaderBytes = 16_384

/**
 * Sends one request on a connection of its own: intakes and proxies close idle connections at about the upload period, and a request
 * written at that moment is lost. By node:http, not undici, even bundled and cut down: that added up to 12 MB more to a process that is
 * profiled (Node 20: -1 to 3, 22: 8 to 12, 24: 0 to 12, 26: 5), and one request a minute needs nothing of it. Never rejects. Redirects are an
 * answer like any other. `abort` ends the attempt as a timeout.
 */
export function send(
  { target, headers, body, timeoutMs, lookup }: Request,
  abort?: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let outcome: Outcome = { kind: 'failed', code: 'closed' }
    let end = (): void => {}
    const finish = (last: Outcome) => {
      clearTimeout(timer)
      abort?.removeEventListener('abort', onTimeout)
      end()
      resolve(last)
    }
    // With the status read, the upload's fate is known: a body that never ends changes nothing.
    const fail = (code: string) => finish(outcome.kind === 'failed' ? { kind: 'failed', code } : outcome)
    const onTimeout = () => fail('timeout')
    const timer = setTimeout(onTimeout, timeoutMs)
    if (abort?.aborted) return onTimeout()
    abort?.addEventListener('abort', onTimeout)
    try {
      const request = (target.origin.startsWith('https:') ? requestHttps : requestHttp)(
        target.origin + target.path,
        {
          method: 'POST',
          agent: false,
          headers: { ...headers, 'content-length': body.length, connection: 'close' },
          maxHeaderSize: maxHeaderBytes,
          ...(lookup && { lookup }),
          ...(target.socketPath === undefined ? {} : { socketPath: target.socketPath }),
        },
      )
      end = () => request.destroy()
      request.on('error', (error) => fail(codeOf(error)))
      request.on('close', () => fail('closed'))
      request.on('response', (answer) => {
        outcome = outcomeOf(answer)
        let answerBytes = 0
        answer.on('data', (chunk: Buffer) => {
          answerBytes += chunk.length
          if (answerBytes > maxAnswerBytes) finish(outcome)
        })
        answer.on('end', () => finish(outcome))
        answer.on('error', () => finish(outcome))
      })
      request.end(body)
    } catch (error) {
      fail(codeOf(error))
    }
  })
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent', status }
  return { kind: 'answered', status, retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()) }
}

const timeouts = /TIMEOUT|ETIMEDOUT/

function codeOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const text = typeof code === 'string' ? code : String(message ?? error)
  return timeouts.test(text) ? 'timeout' : text
}
