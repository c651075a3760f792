import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { Span, SpanBatch } from '../model'
import { DatadogSpanReader, type ReadSpan } from './datadog-span'
import { MsgpackReader } from './msgpack'
import type { Message, Protocol, Received } from './protocol'
import { boundTags } from './tags'

/** What a tracer is told to sample: all. */
const rates = { rate_by_service: { 'service:,env:': 1 } }

/** `PUT /v0.4/traces`: MessagePack, a list of traces, each a list of spans, each a map. */
export const datadogSpans: Protocol = {
  decode: (message, limits) => decode(message, limits, false),
  accepted: () => ({ status: 200, body: rates }),
}

/** `PUT /v0.5/traces`: a list of texts, and traces whose spans are lists of 12 with indices into it. */
export const datadogSpansIndexed: Protocol = {
  decode: (message, limits) => decode(message, limits, true),
  accepted: () => ({ status: 200, body: rates }),
}

function decode(message: Message, limits: LimitValues, isIndexed: boolean): Received {
  const reader = new MsgpackReader(message.body, limits.bodyDepth)
  const spans = new DatadogSpanReader(reader, limits)
  if (isIndexed && reader.array() !== 2) {
    throw new CodedError('body_malformed', { format: 'MessagePack', reason: 'it is not a list of two' })
  }
  if (isIndexed) spans.readTexts()
  const processes = new Processes(message, limits)
  let count = 0
  for (let traces = reader.array(); traces > 0; traces--) {
    const chunk: ReadSpan[] = []
    for (let left = reader.array(); left > 0; left--) {
      if (++count > limits.requestSpans) {
        throw new CodedError('too_many_spans', { actual: count, limit: limits.requestSpans })
      }
      chunk.push(isIndexed ? spans.readIndexed() : spans.read())
    }
    processes.add(chunk)
  }
  reader.end()
  const counts = { 'dropped.span_attributes': spans.dropped }
  return { uploads: [], batches: processes.batches(), rejected: [], counts }
}

/** Joins the traces of one process. Its tags stand in the first span of each trace. */
class Processes {
  readonly #batches = new Map<string, SpanBatch>()

  constructor(
    private readonly message: Message,
    private readonly limits: LimitValues,
  ) {}

  add(chunk: ReadSpan[]): void {
    const first = chunk.find(({ meta }) => meta.has('runtime-id')) ?? chunk[0]
    if (first === undefined) return
    const id = first.meta.get('runtime-id') ?? ''
    let batch = this.#batches.get(id)
    if (batch === undefined) {
      batch = { tags: this.#tags(first), spans: [] }
      this.#batches.set(id, batch)
    }
    // 128-bit trace ids: the high half stands in the first span alone.
    const high = chunk.find(({ meta }) => meta.has('_dd.p.tid'))?.meta.get('_dd.p.tid') ?? ''
    const traceIdHigh = /^[0-9a-f]{16}$/i.test(high) ? BigInt(`0x${high}`) : 0n
    for (const { span } of chunk) batch.spans.push({ ...span, traceIdHigh } satisfies Span)
  }

  batches(): SpanBatch[] {
    return [...this.#batches.values()]
  }

  #tags({ span, meta }: ReadSpan): Map<string, string> {
    const { headers } = this.message
    const tags = new Map([['service', meta.get('_dd.base_service') ?? span.service]])
    for (const [tag, key] of fromMeta) tags.set(tag, meta.get(key) ?? '')
    tags.set('runtime', headers['datadog-meta-lang'] ?? '')
    tags.set('runtime_version', headers['datadog-meta-lang-version'] ?? '')
    return boundTags(tags, this.limits)
  }
}

const fromMeta = [
  ['env', 'env'],
  ['version', 'version'],
  ['runtime-id', 'runtime-id'],
  ['host', '_dd.hostname'],
] as const
