import type { ServerResponse } from 'node:http'
import { type CodedError, errors } from '../pprof/errors'

/** Sends one JSON answer; `close` when the connection cannot be used again because a body on it was not read to its end. */
export function answer(response: ServerResponse, status: number, body: unknown, close = false): void {
  if (response.destroyed || response.headersSent) return
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
    'X-Content-Type-Options': 'nosniff',
    ...(close && { Connection: 'close' }),
    ...(status === errors.intake_busy.status && { 'Retry-After': '1' }),
  })
  response.end(bytes)
}

/** The body of a refusal. */
export function refusal(error: CodedError): { code: string; message: string } {
  return { code: error.code, message: error.message }
}
