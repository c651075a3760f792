import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { openTelemetryApi, type Span, type TracerProvider } from './opentelemetry-api'

const startChannel = 'dd-trace:span:start'
/** How often it is looked whether OpenTelemetry has been set up: nothing tells. */
const lookMs = 1_000
const noTrace = '0'.repeat(32)

interface Tracer {
  startSpan(...args: unknown[]): Span
}

/**
 * Calls `onSpan` once, in the tracer's call, when this thread has started a span of dd-trace or OpenTelemetry.
 * @returns a function that ends the watch
 */
export function watchFirstSpan(onSpan: () => void): () => void {
  let provider: TracerProvider | undefined
  let unwrap: () => void = () => undefined
  const timer = setInterval(look, lookMs)
  timer.unref()
  subscribe(startChannel, seen)
  look()
  return end

  function end(): void {
    clearInterval(timer)
    unsubscribe(startChannel, seen)
    unwrap()
  }

  function seen(): void {
    end()
    onSpan()
  }

  function look(): void {
    try {
      const trace = openTelemetryApi()?.trace
      const current = trace?.getDelegate?.() ?? trace
      if (current === undefined || current === provider) return
      unwrap()
      provider = current
      unwrap = wrapStartSpan(current.getTracer('@acme/profiler') as Tracer, seen)
    } catch {
      // Another API's object of that name: it is looked again.
    }
  }
}

/** Wraps startSpan where all tracers of the provider share it. */
function wrapStartSpan(tracer: Tracer, seen: () => void): () => void {
  let owner: Tracer | null = tracer
  while (owner !== null && !Object.hasOwn(owner, 'startSpan')) owner = Object.getPrototypeOf(owner) as Tracer
  if (owner === null) return () => undefined
  const shared = owner
  const { startSpan } = shared
  const wrapped = function (this: Tracer, ...args: unknown[]): Span {
    const span = startSpan.apply(this, args)
    if (shared.startSpan === wrapped && isSpan(span)) seen()
    return span
  }
  shared.startSpan = wrapped
  return () => {
    if (shared.startSpan === wrapped) shared.startSpan = startSpan
  }
}

/** Without an SDK the API hands out spans that are none. */
function isSpan(span: Span): boolean {
  try {
    return span.spanContext().traceId !== noTrace
  } catch {
    return false
  }
}
