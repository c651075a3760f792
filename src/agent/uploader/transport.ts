import { type Outcome, parseRetryAfter } from './retry'
import type { Target } from './target'
import { Client } from './undici-client'

/** One request. */
export interface Request {
  target: Target
  headers: Record<string, string>
  body: Buffer
  /** From connecting to the end of the answer. */
  timeoutMs: number
}

/** An answer's body is worth nothing to the agent; more than this of it is not waited for. */
const maxAnswerBytes = 65_536
const maxHeaderBytes = 16_384

/**
 * Sends one request on a connection of its own: intakes and proxies close idle connections at about the upload period, and a request
 * written at that moment is lost. Never rejects. Redirects are an answer like any other. `abort` ends the attempt as a timeout.
 */
export function send({ target, headers, body, timeoutMs }: Request, abort?: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    let outcome: Outcome = { kind: 'failed', code: 'closed' }
    let answerBytes = 0
    let client: InstanceType<typeof Client> | undefined
    let finished = false
    const finish = (last: Outcome) => {
      if (finished) return
      finished = true
      clearTimeout(timer)
      abort?.removeEventListener('abort', onTimeout)
      client?.destroy().catch(() => undefined)
      resolve(last)
    }
    // With the status read, the upload's fate is known: a body that never ends changes nothing.
    const fail = (code: string) => finish(outcome.kind === 'failed' ? { kind: 'failed', code } : outcome)
    const onTimeout = () => fail('timeout')
    const timer = setTimeout(onTimeout, timeoutMs)
    if (abort?.aborted) return onTimeout()
    abort?.addEventListener('abort', onTimeout)
    try {
      client = new Client(target.origin, {
        allowH2: false,
        maxHeaderSize: maxHeaderBytes,
        // One timer for the whole attempt instead of one for each stage.
        connectTimeout: 0,
        headersTimeout: 0,
        bodyTimeout: 0,
        ...(target.socketPath === undefined ? {} : { socketPath: target.socketPath }),
      })
      client.on('connectionError', (_origin, _targets, error) => fail(codeOf(error)))
      client.dispatch(
        { method: 'POST', path: target.path, headers: { ...headers, connection: 'close' }, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, status, answerHeaders) {
            if (status < 200) return
            const retryAfter = answerHeaders['retry-after']
            const text = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter
            const ok = status < 300
            outcome = ok
              ? { kind: 'sent', status }
              : { kind: 'answered', status, retryAfterMs: parseRetryAfter(text, Date.now()) }
          },
          onResponseData(_controller, chunk) {
            answerBytes += chunk.length
            if (answerBytes > maxAnswerBytes) finish(outcome)
          },
          onResponseEnd: () => finish(outcome),
          onResponseError: (_controller, error) => fail(codeOf(error)),
        },
      )
    } catch (error) {
      fail(codeOf(error))
    }
  })
}

const timeouts = /TIMEOUT|ETIMEDOUT/

function codeOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const text = typeof code === 'string' ? code : String(message ?? error)
  return timeouts.test(text) ? 'timeout' : text
}
