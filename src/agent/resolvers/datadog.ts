import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EndpointCounts } from './endpoint-counts'
import type { Resolved, Resolver } from './resolver'

// The parts of dd-trace 5 and 6 that are read here (packages/dd-trace/src/opentracing).
interface Identifier {
  toBigInt(): bigint
}
interface SpanContext {
  _spanId: Identifier
  _parentId: Identifier | null
  _trace: Trace
  _tags: Record<string, unknown>
  _isFinished: boolean
  toTraceId(as128BitHex: boolean): string
  [webAncestor]?: SpanContext
}
interface Trace {
  started: Span[]
  [localRoot]?: SpanContext
}
interface Span {
  context(): SpanContext
}
interface Tracer {
  scope(): { active(): Span | null }
}

const localRoot = Symbol('acme.localRoot')
const webAncestor = Symbol('acme.webAncestor')

/** Spans looked at to find the nearest web ancestor of a span whose trace still runs. */
const maxWalk = 256

const finishChannel = 'dd-trace:span:finish'

/** The dd-trace that is loaded in this realm, initialised or not. */
export function datadogTracer(): object | undefined {
  return (globalThis as { _ddtrace?: object })._ddtrace
}

/**
 * Reads dd-trace. A trace that is flushed forgets its spans, a sample is resolved up to a second later: so the
 * local root is remembered on the trace when its first span finishes, before anything can be flushed.
 */
export class DatadogResolver implements Resolver {
  readonly name = 'datadog'
  readonly #counts: EndpointCounts
  readonly #onFinish = (span: unknown) => this.#finished(span as Span)

  constructor(counts: EndpointCounts) {
    this.#counts = counts
    subscribe(finishChannel, this.#onFinish)
  }

  stop(): void {
    unsubscribe(finishChannel, this.#onFinish)
  }

  active(): boolean {
    return datadogTracer() !== undefined
  }

  activeSpan(): object | undefined {
    const tracer = datadogTracer() as Tracer | undefined
    return tracer?.scope().active() ?? undefined
  }

  describe(span: object): Resolved {
    const context = (span as Span).context()
    const root = rootOf(context)
    const traceId = context.toTraceId(true).padStart(32, '0')
    const resolved: Resolved = {
      spanId: context._spanId.toBigInt(),
      rootSpanId: root._spanId.toBigInt(),
      traceIdHigh: BigInt(`0x${traceId.slice(0, 16)}`),
      traceIdLow: BigInt(`0x${traceId.slice(16, 32)}`),
    }
    const web = webSpanOf(context, root)
    if (web !== undefined) resolved.root = web
    return resolved
  }

  endpointOf(root: object): string | undefined {
    return isContext(root) && isWeb(root) ? endpointFromTags(root) : undefined
  }

  settled(root: object): boolean {
    return isContext(root) && root._isFinished
  }

  /** An exception of a subscriber would be the application's uncaught exception. */
  #finished(span: Span): void {
    try {
      this.#remember(span)
    } catch {
      // A span of another shape: its samples keep the ids that can be read.
    }
  }

  #remember(span: Span): void {
    const context = span.context()
    const trace = context._trace
    let root = trace[localRoot]
    if (root === undefined) {
      root = trace.started[0]?.context() ?? context
      trace[localRoot] = root
    }
    if (!isWeb(context)) return
    if (context !== root) {
      markDescendants(trace.started, context)
      if (nearestWebAncestor(context, trace.started) !== undefined) return
    }
    const endpoint = endpointFromTags(context)
    if (endpoint !== undefined) this.#counts.add(endpoint)
  }
}

function isContext(root: object): root is SpanContext {
  return '_trace' in root
}

function isWeb(context: SpanContext): boolean {
  return context._tags['span.type'] === 'web'
}

function rootOf(context: SpanContext): SpanContext {
  const trace = context._trace
  return trace[localRoot] ?? trace.started[0]?.context() ?? context
}

/** The span whose endpoint the samples of `context` belong to, as dd-trace's own profiler chooses it. */
function webSpanOf(context: SpanContext, root: SpanContext): SpanContext | undefined {
  if (isWeb(context)) return context
  const web = context[webAncestor] ?? nearestWebAncestor(context, context._trace.started)
  return web ?? (isWeb(root) ? root : undefined)
}

/** Walks back once: spans are listed in the order of their creation, so a parent comes before its child. */
function nearestWebAncestor(context: SpanContext, started: Span[]): SpanContext | undefined {
  let parentId = context._parentId
  const end = Math.max(0, started.length - maxWalk)
  for (let i = started.length - 1; i >= end && parentId !== null; i--) {
    const candidate = (started[i] as Span).context()
    if (candidate._spanId !== parentId) continue
    if (isWeb(candidate)) return candidate
    parentId = candidate._parentId
  }
  return undefined
}

/** A web span below another (Next.js, an API gateway's span above) finishes: its subtree remembers it. */
function markDescendants(started: Span[], web: SpanContext): void {
  const subtree = new Set<Identifier | null>([web._spanId])
  for (const span of started) {
    const context = span.context()
    if (!subtree.has(context._parentId)) continue
    subtree.add(context._spanId)
    context[webAncestor] ??= web
  }
}

/** The resource name, else method and route; not the bare method while a route may still come. */
function endpointFromTags(context: SpanContext): string | undefined {
  const tags = context._tags
  const method = tags['http.method']
  const route = tags['http.route']
  const name = tags['resource.name'] || (method && route ? `${method} ${route}` : method || route)
  if (typeof name !== 'string' || name === '') return undefined
  return name === method && !context._isFinished ? undefined : name
}
