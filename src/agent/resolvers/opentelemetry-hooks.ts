import type { EndpointCounts } from './endpoint-counts'
import {
  type Api,
  type Context,
  isServer,
  type Lineage,
  lineageKey,
  outerKey,
  rpcMetadata,
  ServerSpan,
  type Span,
  type SpanOptions,
  spanKey,
  type TracerProvider,
} from './opentelemetry-api'

type Method = (this: unknown, ...args: unknown[]) => unknown
type Methods = Record<string, Method>
interface Patch {
  owner: Methods
  name: string
  original: Method
  wrapped: Method
}

/**
 * A span of OpenTelemetry knows its parent's id only, and one of an unsampled trace not even its own name. So
 * `startSpan` of the registered provider's tracers is wrapped: each span gets its local root and its server span.
 */
export class SpanHooks {
  readonly #counts: EndpointCounts
  readonly #outerSpan: () => object | undefined
  readonly #patches: Patch[] = []
  readonly #endsKnown = new Set<object>()
  #api: Api = {}
  #provider: TracerProvider | undefined

  constructor(counts: EndpointCounts, outerSpan: () => object | undefined) {
    this.#counts = counts
    this.#outerSpan = outerSpan
  }

  /** Cheap when nothing changed: called once per window, as a provider may be registered at any time. */
  attach(api: Api): void {
    this.#api = api
    const provider = api.trace?.getDelegate?.() ?? api.trace
    if (provider === undefined || provider === this.#provider) return
    this.#provider = provider
    const hooks = this
    this.#wrap(provider.getTracer('@acme/profiler'), 'startSpan', (original) => {
      // The API's default for the context, read once for both.
      return function startSpan(name, options, context = hooks.#api.context?.active()) {
        const span = original.call(this, name, options, context)
        hooks.#started(span as Span, options as SpanOptions | undefined, context as Context | undefined)
        return span
      }
    })
  }

  stop(): void {
    for (const { owner, name, original, wrapped } of this.#patches.splice(0)) {
      if (owner[name] === wrapped) owner[name] = original
    }
    this.#endsKnown.clear()
    this.#provider = undefined
  }

  #started(span: Span, options: SpanOptions | undefined, context: Context | undefined): void {
    try {
      const outer = this.#outerSpan()
      if (outer !== undefined) span[outerKey] = outer
      const parent = options?.root ? undefined : (context?.getValue(spanKey) as Span | undefined)
      const lineage = parent?.[lineageKey]
      if (lineage !== undefined && !isServer(options?.kind)) span[lineageKey] = lineage
      else if (!('_ddSpan' in span)) this.#startLineage(span, options, parent, lineage)
    } catch {
      // A span object that takes no properties, or another tracer's context: the sample keeps its span's own ids.
    }
  }

  #startLineage(span: Span, options: SpanOptions | undefined, parent?: Span, above?: Lineage): void {
    const root = above?.root ?? (parent !== undefined && isLocalParent(parent, span) ? parent : span)
    let server = above?.server
    if (isServer(options?.kind)) {
      server = new ServerSpan(span, options?.attributes, server !== undefined)
      if (!this.#endsKnown.has(Object.getPrototypeOf(span))) this.#wrapEnd(span)
    }
    span[lineageKey] = { root, server }
  }

  #wrapEnd(span: Span): void {
    const hooks = this
    this.#endsKnown.add(Object.getPrototypeOf(span))
    this.#wrap(span, 'end', (original) => {
      return function end(time) {
        const server = (this as Span)[lineageKey]?.server
        if (server === undefined || server.span !== this || server.ended) return original.call(this, time)
        hooks.#rememberRoute(server)
        const result = original.call(this, time)
        server.ended = true
        const endpoint = server.nested ? undefined : server.endpoint()
        if (endpoint !== undefined) hooks.#counts.add(endpoint)
        return result
      }
    })
  }

  #rememberRoute(server: ServerSpan): void {
    const context = this.#api.context?.active()
    const rpc = context && rpcMetadata(context)
    if (rpc?.span === server.span) server.rpc = rpc
  }

  /** Wraps the method where it is defined, once: on the prototype that all such objects share. */
  #wrap(target: object, name: string, wrapper: (original: Method) => Method): void {
    let owner = target
    while (!Object.hasOwn(owner, name)) {
      const next: object | null = Object.getPrototypeOf(owner)
      if (next === null) return
      owner = next
    }
    if (this.#patches.some((patch) => patch.owner === owner && patch.name === name)) return
    const methods = owner as Methods
    const original = methods[name] as Method
    const wrapped = wrapper(original)
    methods[name] = wrapped
    this.#patches.push({ owner: methods, name, original, wrapped })
  }
}

/** Not remote and not invalid: the child is in the parent's trace. */
function isLocalParent(parent: Span, span: Span): boolean {
  const context = parent.spanContext()
  return context.isRemote !== true && context.traceId === span.spanContext().traceId
}
