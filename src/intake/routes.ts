import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError } from '../pprof/errors'
import type { LimitValues } from '../pprof/limits'
import { answer, refusal } from './answer'
import { drain, RequestAborted, readBody } from './body'
import { checkAttachments } from './check'
import type { Counters } from './counters'
import { assemble } from './event'
import type { Gate } from './gate'
import { inflateGzip, TooLarge } from './inflate'
import { splitParts } from './multipart'
import { info, quietAnswer } from './quiet'
import type { Store, Stored } from './store'

/** What a request needs of the running intake. */
export interface Context {
  limits: LimitValues
  counters: Counters
  gate: Gate
  store: Store
  /** True once no new connection is taken: answers then ask for the connection to be closed. */
  isClosing(): boolean
}

interface Reply {
  status: number
  body: unknown
}

/** Answers one request, whatever it is. Never rejects. */
export async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = await route(context, request).catch((error: unknown) => refuse(context, error))
  if (reply === undefined) return
  const drained = await drain(request, context.limits.drainBytes)
  answer(response, reply.status, reply.body, !drained || context.isClosing())
}

function refuse({ counters }: Context, error: unknown): Reply | undefined {
  if (error instanceof RequestAborted) {
    counters.add('dropped.aborted_requests')
    return undefined
  }
  const coded = error instanceof CodedError ? error : new CodedError('internal')
  counters.add(`refused.${coded.code}`)
  return { status: coded.status, body: refusal(coded) }
}

async function route(context: Context, request: IncomingMessage): Promise<Reply> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (path === '/profiling/v1/input' || path === '/api/v2/profile') {
    allow(request, ['POST'])
    const { path: id } = await receive(context, request)
    return { status: 202, body: { id } }
  }
  if (path === '/info') {
    allow(request, ['GET'])
    return { status: 200, body: info }
  }
  if (path === '/debug/counters') {
    allow(request, ['GET'])
    return { status: 200, body: context.counters }
  }
  const quiet = quietAnswer(path)
  if (quiet === undefined) throw new CodedError('route_unknown')
  allow(request, quiet.methods)
  context.counters.add(quiet.counter)
  return quiet
}

async function receive(context: Context, request: IncomingMessage): Promise<Stored> {
  const { limits, counters, gate, store } = context
  const encoding = contentEncoding(request)
  const contentType = oneContentType(request)
  return gate.upload(async (charge) => {
    const received = await readBody(request, limits.uploadBytes, charge)
    const upload = await gate.check(async () => {
      const body = encoding === 'gzip' ? await inflateBody(received, limits.uploadBytes, charge) : received
      const parts = await splitParts(body, contentType, limits)
      const assembled = assemble(parts, limits)
      counters.add('uploads.unchecked_profiles', await checkAttachments(assembled.attachments, limits))
      return assembled
    })
    const stored = await store.put(upload)
    counters.add(stored.repeated ? 'uploads.repeated' : 'uploads.stored')
    counters.add('uploads.bytes', received.length)
    return stored
  })
}

async function inflateBody(
  received: Buffer,
  limit: number,
  charge: (bytes: number) => void,
): Promise<Buffer> {
  try {
    const body = await inflateGzip(received, limit)
    charge(body.length)
    return body
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (error instanceof TooLarge) throw new CodedError('upload_too_large', { actual: limit + 1, limit })
    throw new CodedError('content_encoding_corrupt', {
      reason: error instanceof Error ? error.message : 'unreadable',
    })
  }
}

// One layer only: brotli and zstd inflate a few bytes to a gigabyte, and layers multiply.
function contentEncoding(request: IncomingMessage): 'identity' | 'gzip' {
  const actual = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (actual === 'identity' || actual === 'gzip') return actual
  throw new CodedError('content_encoding_unsupported', { actual })
}

// Node takes the first of two; whoever stands between may have looked at the second.
function oneContentType(request: IncomingMessage): string {
  const [first = '', second] = request.headersDistinct['content-type'] ?? []
  if (second !== undefined) throw new CodedError('content_type_unsupported', { actual: 'given twice' })
  return first
}

function allow(request: IncomingMessage, methods: readonly string[]): void {
  if (!methods.includes(request.method ?? '')) {
    throw new CodedError('method_not_allowed', { allowed: methods.join(' or ') })
  }
}
