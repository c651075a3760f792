import { DatadogResolver, datadogTracer } from './datadog'
import { EndpointCounts, endpointName } from './endpoint-counts'
import { OpenTelemetryResolver } from './opentelemetry'
import type { Resolved, Resolver } from './resolver'

export { holdDatadogProfiler } from './datadog-profiler'
export { maxEndpoints, otherEndpoints } from './endpoint-counts'
export type { Resolved, Resolver } from './resolver'

/** Answers for all tracers of the process. `activeSpan` and `describe` may throw what a tracer throws. */
export class Resolvers {
  readonly #counts = new EndpointCounts()
  readonly #datadog = new DatadogResolver(this.#counts)
  readonly #opentelemetry = new OpenTelemetryResolver(this.#counts, () => this.#datadog.activeSpan())
  readonly #all = [this.#datadog, this.#opentelemetry] as const
  #loaded: Resolver[] = []
  #answering: Resolver | undefined

  /** Looks which tracers are loaded by now. Once per window; the other methods rely on it. */
  refresh(): void {
    this.#loaded = this.#all.filter((resolver) => attempt(() => resolver.active()))
  }

  /** The innermost active span of the current context frame. */
  activeSpan(): object | undefined {
    let innermost: object | undefined
    for (const resolver of this.#loaded) {
      const span = resolver.activeSpan()
      if (span === undefined) continue
      if (innermost !== undefined && !this.#opentelemetry.startedInside(span, innermost)) continue
      innermost = span
      this.#answering = resolver
    }
    return innermost
  }

  /** Describes what the last `activeSpan` returned, in the same frame. The endpoint may be another tracer's. */
  describe(span: object): Resolved {
    const answering = this.#answering as Resolver
    const resolved = answering.describe(span)
    if (resolved.root !== undefined) return resolved
    for (const other of this.#loaded) {
      const outer = other === answering ? undefined : other.activeSpan()
      const root = outer && other.describe(outer).root
      if (root !== undefined) return { ...resolved, root }
    }
    return resolved
  }

  resolve(): Resolved | undefined {
    const span = this.activeSpan()
    return span && this.describe(span)
  }

  endpointOf(root: object): string | undefined {
    for (const resolver of this.#all) {
      const endpoint = attempt(() => resolver.endpointOf(root))
      if (endpoint !== undefined) return endpointName(endpoint)
    }
    return undefined
  }

  settled(root: object): boolean {
    return this.#all.some((resolver) => attempt(() => resolver.settled(root)))
  }

  /** Finished requests per endpoint since the last call, for `endpoint_counts`. */
  takeEndpointCounts(): Record<string, number> {
    return this.#counts.take()
  }

  stop(): void {
    for (const resolver of this.#all) resolver.stop()
    this.#loaded = []
  }
}

/** One per JS thread. It subscribes to the tracers at once, also to those that are loaded later. */
export function createResolver(): Resolvers {
  const resolvers = new Resolvers()
  resolvers.refresh()
  return resolvers
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

let ownRuntimeId: string | undefined

/** dd-trace's runtime id once that is initialised, so that traces and profiles join; else one of our own. */
export function runtimeId(): string {
  const tracer = datadogTracer() as { _tracer?: { _config?: { tags?: Record<string, unknown> } } } | undefined
  const id = tracer?._tracer?._config?.tags?.['runtime-id']
  if (typeof id === 'string') return id
  // Loaded only here: crypto costs the application's start some milliseconds.
  ownRuntimeId ??= (require('node:crypto') as typeof import('node:crypto')).randomUUID()
  return ownRuntimeId
}
