import type { ServerResponse } from 'node:http'
import { type CodedError, errors } from '../pprof/errors'
import type { Reply } from './receive/protocol'

const retrySpreadS = 4

/** Sends one answer; `close` when the connection cannot be used again because a body on it was not read to its end. */
export function answer(response: ServerResponse, reply: Reply, close = false): void {
  if (response.destroyed || response.headersSent) return
  const { status, body, contentType = 'application/json' } = reply
  const bytes = body instanceof Uint8Array ? body : Buffer.from(`${JSON.stringify(body)}\n`)
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': bytes.length,
    'X-Content-Type-Options': 'nosniff',
    ...reply.headers,
    ...(close && { Connection: 'close' }),
    ...((status === errors.intake_busy.status || status === errors.store_unavailable.status) && {
      // Clients that were refused together shall not come back together.
      'Retry-After': String(1 + Math.floor(Math.random() * retrySpreadS)),
    }),
    ...(status === errors.key_missing.status && { 'WWW-Authenticate': 'Bearer' }),
  })
  response.end(bytes)
}

/** The body of a refusal. */
export function refusal(error: CodedError): { code: string; message: string } {
  return { code: error.code, message: error.message }
}
