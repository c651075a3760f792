// The parts of the OpenTelemetry API and SDK (1.x and 2.x) that are read here, without depending on them.

export interface Span {
  spanContext(): { traceId: string; spanId: string; isRemote?: boolean }
  // The SDK's recording span has these; a span of an unsampled trace has none.
  name?: string
  attributes?: Attributes
  ended?: boolean
  [lineageKey]?: Lineage
  [outerKey]?: object
}

export type Attributes = Record<string, unknown>

export interface Context {
  getValue(key: symbol): unknown
}

/** Set on the context by the HTTP server instrumentation; instrumentations of frameworks add the route. */
export interface RpcMetadata {
  span?: Span
  route?: string
}

export interface SpanOptions {
  root?: boolean
  kind?: number
  attributes?: Attributes
}

export interface TracerProvider {
  getTracer(name: string): object
  getDelegate?(): TracerProvider
}

export interface Api {
  context?: { active(): Context }
  trace?: TracerProvider
}

const apiKey = Symbol.for('opentelemetry.js.api.1')
const rpcKey = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')
export const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

/** On a span. Shared by a span and the spans below it: one property is written per span. */
export const lineageKey = Symbol('acme.lineage')

/** On a span that started inside another tracer's: the latter. Clocks cannot tell, they differ by a millisecond. */
export const outerKey = Symbol('acme.outer')

export interface Lineage {
  /** The first span of the trace in this process. */
  root: Span
  /** The nearest server span, the span itself or one above it. */
  server: ServerSpan | undefined
}

/** The API as registered in this realm, whichever copy of the package registered it. */
export function openTelemetryApi(): Api | undefined {
  return (globalThis as { [apiKey]?: Api })[apiKey]
}

export function rpcMetadata(context: Context): RpcMetadata | undefined {
  return context.getValue(rpcKey) as RpcMetadata | undefined
}

/** SpanKind.SERVER */
export function isServer(kind: number | undefined): boolean {
  return kind === 1
}

/** One request. Of an unsampled one, what its span was started with is all that is known. */
export class ServerSpan {
  readonly span: Span
  /** Whether another server span is above it. */
  readonly nested: boolean
  rpc: RpcMetadata | undefined
  ended = false
  readonly #initial: Attributes

  constructor(span: Span, initial: Attributes = {}, nested = false) {
    this.span = span
    this.nested = nested
    this.#initial = initial
  }

  /** Method and route, or the name of a span that is not HTTP; not the bare method while a route may come. */
  endpoint(): string | undefined {
    const attributes = this.span.attributes ?? this.#initial
    const method = attributes['http.request.method'] ?? attributes['http.method']
    const route = attributes['http.route'] ?? this.rpc?.route
    if (route) return method ? `${method} ${route}` : String(route)
    if (method === undefined) return this.span.name
    const name = this.span.name ?? method
    return this.settled() || name !== method ? String(name) : undefined
  }

  settled(): boolean {
    return this.ended || this.span.ended === true
  }
}
