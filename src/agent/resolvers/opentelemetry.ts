import type { EndpointCounts } from './endpoint-counts'
import {
  type Api,
  lineageKey,
  openTelemetryApi,
  outerKey,
  rpcMetadata,
  ServerSpan,
  type Span,
  spanKey,
} from './opentelemetry-api'
import { SpanHooks } from './opentelemetry-hooks'
import type { Resolved, Resolver } from './resolver'

/** Reads the tracer that is registered with the OpenTelemetry API. */
export class OpenTelemetryResolver implements Resolver {
  readonly name = 'opentelemetry'
  readonly #hooks: SpanHooks
  #api: Api | undefined

  /** @param outerSpan the active span of another tracer, asked whenever a span starts */
  constructor(counts: EndpointCounts, outerSpan: () => object | undefined) {
    this.#hooks = new SpanHooks(counts, outerSpan)
  }

  stop(): void {
    this.#hooks.stop()
  }

  active(): boolean {
    this.#api = openTelemetryApi()
    if (this.#api?.trace !== undefined) this.#hooks.attach(this.#api)
    return this.#api?.context !== undefined
  }

  activeSpan(): object | undefined {
    const span = this.#api?.context?.active().getValue(spanKey) as Span | undefined
    // dd-trace can be the API's provider: its spans are read from dd-trace.
    return span === undefined || '_ddSpan' in span ? undefined : span
  }

  describe(object: object): Resolved {
    const span = object as Span
    const { traceId, spanId } = span.spanContext()
    const server = this.#serverSpanOf(span)
    const root = span[lineageKey]?.root ?? server?.span
    const resolved: Resolved = {
      spanId: BigInt(`0x${spanId}`),
      rootSpanId: root === undefined ? 0n : BigInt(`0x${root.spanContext().spanId}`),
      traceIdHigh: BigInt(`0x${traceId.slice(0, 16)}`),
      traceIdLow: BigInt(`0x${traceId.slice(16, 32)}`),
    }
    if (server !== undefined) resolved.root = server
    return resolved
  }

  /** Whether `outer`, the active span of another tracer, was active already when `span` started. */
  startedInside(span: object, outer: object): boolean {
    return (span as Span)[outerKey] === outer
  }

  endpointOf(root: object): string | undefined {
    return root instanceof ServerSpan ? root.endpoint() : undefined
  }

  settled(root: object): boolean {
    return root instanceof ServerSpan && root.settled()
  }

  /** A request that began before the hooks were there is known from its RPC metadata alone. */
  #serverSpanOf(span: Span): ServerSpan | undefined {
    const context = this.#api?.context?.active()
    const rpc = context && rpcMetadata(context)
    let server = span[lineageKey]?.server
    if (server === undefined && rpc?.span !== undefined) {
      const { span: root } = rpc
      root[lineageKey] ??= { root, server: new ServerSpan(root) }
      server = root[lineageKey]?.server
    }
    if (server !== undefined && rpc?.span === server.span) server.rpc = rpc
    return server
  }
}
