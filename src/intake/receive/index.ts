import type { IncomingMessage } from 'node:http'
import { CodedError } from '../../pprof/errors'
import { readBody } from '../body'
import { contentEncoding } from '../content-encoding'
import type { Context } from '../context'
import type { KeyHolder } from '../keys'
import { type Message, messageHeaders, type Received, type Reply } from './protocol'
import { type ProtocolName, protocols } from './protocols'

/** Reads one request by its protocol and answers when all that it holds is stored. Throws CodedError. */
export async function receive(
  context: Context,
  request: IncomingMessage,
  protocol: ProtocolName,
  key?: KeyHolder,
): Promise<Reply> {
  const { limits, counters, gate, decoder, sink } = context
  sink.admit()
  const encoding = contentEncoding(request.headers['content-encoding'])
  const described = describe(request)
  return gate.upload(async (charge) => {
    const body = await readBody(request, limits.uploadBytes, (bytes) => {
      key?.charge(bytes)
      charge(bytes)
    })
    const length = body.length
    const received = await gate.check(() => decoder.decode({ ...described, body, encoding, protocol }))
    charge(Math.max(0, bytesOf(received) - length))
    const ids = await store(context, received)
    counters.add('uploads.bytes', length)
    for (const [name, amount] of Object.entries(received.counts)) {
      if (amount > 0) counters.add(name as keyof Received['counts'], amount)
    }
    for (const { code, message, items } of received.rejected) counters.rejected(code, message, items)
    return protocols[protocol].accepted({ ...described, body }, received.rejected, ids)
  })
}

function describe(request: IncomingMessage): Omit<Message, 'body'> {
  const url = request.url ?? ''
  const headers: Record<string, string> = {}
  for (const name of messageHeaders) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  const question = url.indexOf('?')
  return { query: question < 0 ? '' : url.slice(question + 1), contentType: oneContentType(request), headers }
}

// Node takes the first of two; whoever stands between may have looked at the second.
function oneContentType(request: IncomingMessage): string {
  const [first = '', second] = request.headersDistinct['content-type'] ?? []
  if (second !== undefined) throw new CodedError('content_type_unsupported', { actual: 'given twice' })
  return first
}

function bytesOf({ uploads }: Received): number {
  let bytes = 0
  for (const { event, profiles } of uploads) {
    bytes += event.length
    for (const profile of profiles) bytes += profile.bytes.length
  }
  return bytes
}

// All are given on at once, so that one sync of the store serves them; each is waited for, so that none goes on behind an answer.
async function store({ counters, sink }: Context, { uploads, batches }: Received): Promise<string[]> {
  const [storedSpans, ...stored] = await Promise.allSettled([
    batches.length === 0 ? undefined : sink.spans(batches),
    ...uploads.map((upload) => sink.profiles(upload)),
  ])
  if (storedSpans?.status === 'rejected') throw storedSpans.reason
  if (batches.length > 0)
    counters.add(
      'spans.stored',
      batches.reduce((sum, { spans }) => sum + spans.length, 0),
    )
  return stored.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    counters.add(outcome.value?.repeated ? 'uploads.repeated' : 'uploads.stored')
    return outcome.value?.id ?? ''
  })
}
