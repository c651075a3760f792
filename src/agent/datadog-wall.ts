import type { Config } from './config'
import { DatadogContexts } from './datadog-contexts'
import type { DatadogPprof, LabelSet, PprofProfile, TickContext } from './datadog-pprof'
import type { Resolvers } from './resolvers'

/** 99 Hz, as our own engine. */
const samplingIntervalMicros = 10_101
/** An interval may be this much longer than the period, when the uploader was held up. */
const spareIntervals = 1.5
/** @datadog/pprof makes room for the ticks of twice its `durationMillis`. */
const roomPerDuration = 2

const otherThreadsLabels = { 'thread name': 'Non-JS threads', 'thread id': 'NA', 'os thread id': 'NA' }

/** @datadog/pprof's wall and CPU profiler, of which there is one per process. */
export class DatadogWall {
  readonly #time: DatadogPprof['time']
  readonly #config: Config
  readonly #threadLabels: Readonly<Record<string, string>>
  /** Ticks carry CPU time, timestamps and labels; not on Windows. */
  readonly #ticksKnown = process.platform !== 'win32'
  #contexts: DatadogContexts | undefined
  #withContexts = false
  #dropped = 0

  /** @throws what @datadog/pprof throws */
  constructor(
    time: DatadogPprof['time'],
    config: Config,
    resolvers: Resolvers,
    threadLabels: Record<string, string>,
  ) {
    this.#time = time
    this.#config = config
    this.#threadLabels = threadLabels
    // Without context frames, a context would have to be set in each asynchronous callback: too dear.
    if (this.#ticksKnown && config.asyncContextFrame && !process.version.startsWith('v20.')) {
      this.#start(true)
      if (this.#contextsArrive()) {
        this.#contexts = new DatadogContexts(time, resolvers)
        this.#contexts.watch()
        return
      }
      this.profile(false)
    }
    this.#start(false)
  }

  /** Whether samples are labelled with more than their thread. */
  get labelled(): boolean {
    return this.#contexts !== undefined
  }

  /** The profile since the last call. @throws where somebody else has stopped the profiler */
  profile(restart: boolean): PprofProfile {
    const { constants } = this.#time
    const ticks = this.#withContexts ? (this.#time.getState()[constants.kSampleCount] ?? 0) : 0
    const caches = [...Object.keys(this.#threadLabels), 'trace endpoint']
    const profile = this.#time.stop(restart, this.#labelsOf, caches)
    if (ticks >= this.#roomTicks) this.#dropped += Math.max(0, ticksDuring(profile) - ticks)
    return profile
  }

  /**
   * Ticks since the last call that found no room, of an interval that was far too long: nothing is left of them. By the time that
   * they would have come in, for nobody counts them.
   */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  /** Frames without labels since the last call. */
  takeFailed(): number {
    return this.#contexts?.takeFailed() ?? 0
  }

  stop(): void {
    this.#contexts?.release()
    try {
      this.profile(false)
    } catch {
      // It is over already.
    }
  }

  get #roomTicks(): number {
    return Math.floor((this.#durationMs * 1_000 * roomPerDuration) / samplingIntervalMicros)
  }

  get #durationMs(): number {
    return this.#config.uploadPeriodMs * spareIntervals
  }

  #start(useCPED: boolean): void {
    const { cpu, codeHotspots, endpoints, timeline } = this.#config
    this.#withContexts = this.#ticksKnown && (cpu || codeHotspots || endpoints || timeline || useCPED)
    this.#time.start({
      intervalMicros: samplingIntervalMicros,
      durationMillis: this.#durationMs,
      withContexts: this.#withContexts,
      collectCpuTime: this.#ticksKnown && cpu,
      useCPED,
      workaroundV8Bug: true,
    })
  }

  /** Whether this process has AsyncContextFrame: asked of the engine itself, for flags and versions tell less. */
  #contextsArrive(): boolean {
    const probe = {}
    return this.#time.runWithContext(probe, () => this.#time.getContext()) === probe
  }

  readonly #labelsOf = ({ node, context }: { node: { name?: string }; context?: TickContext }): LabelSet => {
    if (node.name === this.#time.constants.NON_JS_THREADS_FUNCTION_NAME) return otherThreadsLabels
    if (context === undefined) return this.#threadLabels
    const { codeHotspots, endpoints, timeline } = this.#config
    const labels: LabelSet = { ...this.#threadLabels }
    if (timeline) labels.end_timestamp_ns = context.timestamp * 1000n
    return Object.assign(labels, this.#contexts?.labelsOf(context, codeHotspots, endpoints))
  }
}

function ticksDuring({ durationNanos }: PprofProfile): number {
  return Math.floor(Number(durationNanos) / 1_000 / samplingIntervalMicros)
}
