import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { Span, SpanKind } from '../model'
import type { MsgpackReader } from './msgpack'
import { SpanAttributes, SpanTexts } from './span-attributes'

/** A span without the high half of its trace id, and those of its meta that say more than an attribute. */
export interface ReadSpan {
  span: Omit<Span, 'traceIdHigh'>
  meta: Map<string, string>
}

const processKeys: ReadonlySet<string> = new Set([
  '_dd.p.tid',
  '_dd.hostname',
  '_dd.base_service',
  'runtime-id',
  'env',
  'version',
])

const kinds: ReadonlySet<string> = new Set<SpanKind>(['internal', 'server', 'client', 'producer', 'consumer'])

/** Reads the spans of `/v0.4/traces` (github.com/DataDog/datadog-agent, pkg/proto/datadog/trace/span.proto) and `/v0.5/traces`. */
export class DatadogSpanReader {
  /** Attributes that found no room. */
  dropped = 0
  #indexed: string[] = []
  readonly #texts: SpanTexts

  constructor(
    private readonly wire: MsgpackReader,
    limits: LimitValues,
  ) {
    this.#texts = new SpanTexts(limits)
  }

  /** The list of texts that indices of `/v0.5` point into. */
  readTexts(): void {
    for (let left = this.wire.array(); left > 0; left--) this.#indexed.push(this.wire.string())
  }

  read(): ReadSpan {
    const span = new SpanBuilder(this.#texts)
    const { wire } = this
    for (let left = wire.map(); left > 0; left--) {
      const key = wire.string()
      switch (key) {
        case 'service':
        case 'name':
        case 'resource':
        case 'type':
          span[key] = wire.string()
          break
        case 'trace_id':
        case 'span_id':
        case 'parent_id':
        case 'start':
        case 'duration':
          span[key] = wire.uint64()
          break
        case 'error':
          span.error = wire.number() !== 0
          break
        case 'meta':
          for (let pairs = wire.map(); pairs > 0; pairs--) span.meta(wire.string(), wire.string())
          break
        case 'metrics':
          for (let pairs = wire.map(); pairs > 0; pairs--) span.metric(wire.string(), wire.number())
          break
        default:
          wire.skip()
      }
    }
    return this.#finish(span)
  }

  readIndexed(): ReadSpan {
    const span = new SpanBuilder(this.#texts)
    const { wire } = this
    const fields = wire.array()
    if (fields !== 12) {
      const reason = `a span has ${fields} fields and not 12`
      throw new CodedError('body_malformed', { format: 'MessagePack', reason })
    }
    span.service = this.#text()
    span.name = this.#text()
    span.resource = this.#text()
    span.trace_id = wire.uint64()
    span.span_id = wire.uint64()
    span.parent_id = wire.uint64()
    span.start = wire.uint64()
    span.duration = wire.uint64()
    span.error = wire.number() !== 0
    for (let pairs = wire.map(); pairs > 0; pairs--) span.meta(this.#text(), this.#text())
    for (let pairs = wire.map(); pairs > 0; pairs--) span.metric(this.#text(), wire.number())
    span.type = this.#text()
    return this.#finish(span)
  }

  #text(): string {
    const index = this.wire.number()
    const text = this.#indexed[index]
    if (text !== undefined) return text
    const reason = `text ${index} of ${this.#indexed.length} is asked for`
    throw new CodedError('body_malformed', { format: 'MessagePack', reason })
  }

  #finish(builder: SpanBuilder): ReadSpan {
    const span = builder.finish()
    this.dropped += builder.attributes.dropped
    return span
  }
}

/** The fields under the names of the wire. */
class SpanBuilder {
  service = ''
  name = ''
  resource = ''
  type = ''
  trace_id = 0n
  span_id = 0n
  parent_id = 0n
  start = 0n
  duration = 0n
  error = false
  readonly attributes: SpanAttributes
  readonly #meta = new Map<string, string>()
  #kind = ''

  constructor(private readonly texts: SpanTexts) {
    this.attributes = new SpanAttributes(texts)
  }

  meta(key: string, value: string): void {
    if (processKeys.has(key)) this.#meta.set(key, value)
    else if (key === 'span.kind') this.#kind = value
    else if (!key.startsWith('_dd.')) this.attributes.add(key, value)
  }

  // Names with an underscore in front are notes between the tracer and Datadog's servers.
  metric(key: string, value: number): void {
    if (!key.startsWith('_')) this.attributes.add(key, value)
  }

  finish(): ReadSpan {
    const { texts } = this
    if (this.type !== '') this.attributes.add('span.type', this.type)
    const span = {
      traceIdLow: this.trace_id,
      spanId: this.span_id,
      parentId: this.parent_id,
      service: texts.text(this.service),
      name: texts.text(this.name),
      resource: texts.text(this.resource),
      kind: this.#spanKind(),
      startNanos: this.start,
      durationNanos: this.duration,
      error: this.error,
      attributes: this.attributes.list(),
    }
    return { span, meta: this.#meta }
  }

  // A tracer that sets no kind on the span of a request says `web`.
  #spanKind(): SpanKind {
    if (kinds.has(this.#kind)) return this.#kind as SpanKind
    return this.type === 'web' ? 'server' : 'internal'
  }
}
