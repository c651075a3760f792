import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatadogPprof, LabelSet, TickContext } from './datadog-pprof'
import { currentLabels, type Labels } from './labels'
import type { Resolved, Resolvers } from './resolvers'

/** What a tick finds in the frame that was current. */
interface Context {
  span: object | undefined
  labels: Labels | undefined
  resolved: Resolved | undefined
}

/**
 * Writes the active span and the own labels into each AsyncContextFrame that a store is written to, where
 * @datadog/pprof's signal handler finds them. Continuations inherit the frame, so nothing is done for these.
 */
export class DatadogContexts {
  readonly #time: DatadogPprof['time']
  readonly #resolvers: Resolvers
  readonly #described = new WeakMap<object, Resolved>()
  #release: () => void = () => undefined
  #released = false
  #failed = 0

  constructor(time: DatadogPprof['time'], resolvers: Resolvers) {
    this.#time = time
    this.#resolvers = resolvers
  }

  watch(): void {
    const contexts = this
    const prototype = AsyncLocalStorage.prototype
    const { run, enterWith } = prototype
    let entered = false
    const enterWithContext = function (this: AsyncLocalStorage<unknown>, store: unknown) {
      entered = true
      Reflect.apply(enterWith, this, [store])
      contexts.#update()
    }
    prototype.enterWith = enterWithContext
    this.#release = () => {
      if (prototype.enterWith === enterWithContext) prototype.enterWith = enterWith
    }
    new AsyncLocalStorage().run({}, () => undefined)
    // Node 24's run() is made of two enterWith(). Should another version's not be:
    if (entered) return
    const runWithContext = function (
      this: AsyncLocalStorage<unknown>,
      store: unknown,
      callback: (...args: unknown[]) => unknown,
      ...args: unknown[]
    ) {
      const inFrame = () => {
        contexts.#update()
        return callback(...args)
      }
      try {
        return Reflect.apply(run, this, [store, inFrame])
      } finally {
        contexts.#update()
      }
    } as typeof run
    prototype.run = runWithContext
    const releaseEnterWith = this.#release
    this.#release = () => {
      releaseEnterWith()
      if (prototype.run === runWithContext) prototype.run = run
    }
  }

  /** Gives AsyncLocalStorage back its own methods, unless somebody has wrapped ours since. */
  release(): void {
    this.#released = true
    this.#release()
  }

  /** The labels of a tick, as our own engine writes them. */
  labelsOf(tick: TickContext, spanIds: boolean, endpoints: boolean): LabelSet {
    const { span, labels, resolved } = (tick.context ?? {}) as Partial<Context>
    const set: LabelSet = { ...labels }
    if (span === undefined || resolved === undefined) return set
    if (spanIds) {
      set['span id'] = BigInt.asIntN(64, resolved.spanId)
      if (resolved.rootSpanId !== 0n) set['local root span id'] = BigInt.asIntN(64, resolved.rootSpanId)
      const traceId = (resolved.traceIdHigh << 64n) | resolved.traceIdLow
      if (traceId !== 0n) set['trace id'] = traceId.toString(16).padStart(32, '0')
    }
    const endpoint = endpoints ? this.#endpointOf(span, resolved) : undefined
    if (endpoint !== undefined) set['trace endpoint'] = endpoint
    return set
  }

  /** Frames without labels since the last call, because a tracer threw. */
  takeFailed(): number {
    const failed = this.#failed
    this.#failed = 0
    return failed
  }

  #update(): void {
    if (this.#released) return
    try {
      const span = this.#resolvers.activeSpan()
      const labels = currentLabels()
      const current = this.#time.getContext() as Context | undefined
      if (current?.span === span && current?.labels === labels) return
      if (span === undefined && labels === undefined) this.#time.setContext(undefined)
      else this.#time.setContext({ span, labels, resolved: span && this.#describe(span) } satisfies Context)
    } catch {
      // A tracer threw, or @datadog/pprof was stopped by somebody else.
      this.#failed++
    }
  }

  #endpointOf(span: object, resolved: Resolved): string | undefined {
    const root = resolved.root ?? this.#rootOf(span)
    return root && this.#resolvers.endpointOf(root)
  }

  // dd-trace says that a span is a request's after it has activated it.
  #rootOf(span: object): object | undefined {
    try {
      return this.#resolvers.describe(span).root
    } catch {
      return undefined
    }
  }

  #describe(span: object): Resolved {
    let resolved = this.#described.get(span)
    if (resolved === undefined) {
      resolved = this.#resolvers.describe(span)
      this.#described.set(span, resolved)
    }
    return resolved
  }
}
