import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'
import type { Span, SpanBatch, SpanKind } from '../../model'
import { readMessage } from '../messages/read-message'
import * as field from '../messages/schema'
import type { Protocol } from '../protocol'
import { Rejections } from '../rejections'
import { SpanAttributes, SpanTexts } from '../span-attributes'
import { tagsOfResource } from '../tags'
import { type KeyValue, keyValue, plainAttributes, type Resource, resource } from './common'
import { exported, failed } from './reply'

/** OTLP's traces, `POST /v1/traces`: opentelemetry/proto/trace/v1/trace.proto in protobuf or JSON. */
export const otlpTraces: Protocol = {
  decode(message, limits) {
    const { resourceSpans } = readMessage(request, message, limits)
    const reader = new OtlpSpanReader(limits)
    const batches: SpanBatch[] = []
    for (const { resource, scopeSpans } of resourceSpans) {
      const tags = tagsOfResource(plainAttributes(resource?.attributes ?? []), limits)
      const service = tags.get('service') ?? 'unknown_service'
      const spans = scopeSpans.flatMap((scope) => scope.spans).flatMap((span) => reader.read(span, service))
      if (spans.length > 0) batches.push({ tags, spans })
    }
    const counts = { 'dropped.span_attributes': reader.dropped }
    return { uploads: [], batches, rejected: reader.rejected.list(), counts }
  },
  accepted: (message, rejected) => exported(message, rejected, 'rejectedSpans'),
  refused: failed,
}

interface OtlpSpan {
  traceId: Uint8Array
  spanId: Uint8Array
  parentSpanId: Uint8Array
  name: string
  kind: number
  startTimeUnixNano: bigint
  endTimeUnixNano: bigint
  attributes: readonly KeyValue[]
  status: { code: number } | undefined
}

const kinds = [
  'internal',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const satisfies SpanKind[]

const kindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
)

const statusNames = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`)

const status = field.schema<{ code: number }>({ code: field.enumeration(3, statusNames) })

const span = field.schema<OtlpSpan>({
  traceId: field.id(1),
  spanId: field.id(2),
  parentSpanId: field.id(4),
  name: field.string(5),
  kind: field.enumeration(6, kindNames),
  startTimeUnixNano: field.fixed64(7),
  endTimeUnixNano: field.fixed64(8),
  attributes: field.list(field.message(9, () => keyValue)),
  status: field.message(15, () => status),
})

const scopeSpans = field.schema<{ spans: readonly OtlpSpan[] }>({
  spans: field.list(field.message(2, () => span)),
})

interface ResourceSpans {
  resource: Resource | undefined
  scopeSpans: readonly { spans: readonly OtlpSpan[] }[]
}

const resourceSpans = field.schema<ResourceSpans>({
  resource: field.message(1, () => resource),
  scopeSpans: field.list(field.message(2, () => scopeSpans)),
})

const request = field.schema<{ resourceSpans: readonly ResourceSpans[] }>({
  resourceSpans: field.list(field.message(1, () => resourceSpans)),
})

class OtlpSpanReader {
  readonly rejected = new Rejections()
  /** Attributes that found no room. */
  dropped = 0
  #count = 0
  readonly #limits: LimitValues
  readonly #texts: SpanTexts

  constructor(limits: LimitValues) {
    this.#limits = limits
    this.#texts = new SpanTexts(limits)
  }

  /** None where the span has no ids or times of a span: the others of its request are kept. */
  read(span: OtlpSpan, service: string): Span[] {
    const limit = this.#limits.requestSpans
    if (++this.#count > limit)
      return this.#reject(new CodedError('too_many_spans', { actual: this.#count, limit }))
    const fault = faultOf(span)
    if (fault) return this.#reject(new CodedError('span_invalid', { actual: this.#count - 1, ...fault }))
    const attributes = new SpanAttributes(this.#texts)
    for (const [key, value] of plainAttributes(span.attributes)) attributes.add(key, value)
    this.dropped += attributes.dropped
    const kind = kinds[span.kind] ?? 'internal'
    const { startTimeUnixNano: start, endTimeUnixNano: end } = span
    return [
      {
        traceIdHigh: word(span.traceId, 0),
        traceIdLow: word(span.traceId, 8),
        spanId: word(span.spanId, 0),
        parentId: span.parentSpanId.length === 8 ? word(span.parentSpanId, 0) : 0n,
        service: this.#texts.text(service),
        name: this.#texts.text(span.name),
        resource: this.#texts.text(endpointOf(span.name, attributes.list())),
        kind,
        startNanos: start,
        durationNanos: end > start ? end - start : 0n,
        error: span.status?.code === 2,
        attributes: attributes.list(),
      },
    ]
  }

  #reject(error: CodedError): [] {
    this.rejected.add(error)
    return []
  }
}

function faultOf({ traceId, spanId, startTimeUnixNano }: OtlpSpan) {
  if (traceId.length !== 16) return { field: 'trace_id', reason: 'has not 16 bytes' }
  if (spanId.length !== 8) return { field: 'span_id', reason: 'has not 8 bytes' }
  if (startTimeUnixNano === 0n) return { field: 'start_time_unix_nano', reason: 'is absent' }
  return undefined
}

function word(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at)
}

/** Method and route, else the name: as the agent names the endpoint of a sample. */
function endpointOf(name: string, attributes: Span['attributes']): string {
  const value = (key: string) => attributes.find(([known]) => known === key)?.[1]
  const route = value('http.route')
  const method = value('http.request.method') ?? value('http.method')
  if (route === undefined) return name
  return method === undefined ? String(route) : `${method} ${route}`
}
