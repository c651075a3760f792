import { isMainThread } from 'node:worker_threads'
import type { Interval } from './addon'
import type { Config } from './config'
import { DatadogContexts } from './datadog-contexts'
import type { DatadogPprof, LabelSet, PprofProfile, TickContext } from './datadog-pprof'
import type { Engine } from './engine'
import { createResolver, type Resolvers } from './resolvers'

/** 99 Hz, as our own engine. */
const samplingIntervalMicros = 10_101
const heapStackDepth = 64
/** An interval may be this much longer than the period, when the uploader was held up. */
const spareIntervals = 1.5
/** How often it is looked whether a tracer has been loaded. */
const refreshMs = 1_000

/**
 * @datadog/pprof on the main thread, for platforms that our addon was not built for. It makes its profiles on the
 * thread that it samples, when an interval ends: that blocks the thread for some milliseconds.
 */
export class DatadogEngine implements Engine {
  readonly name = '@datadog/pprof'
  readonly #pprof: DatadogPprof
  readonly #config: Config
  /** Ticks carry CPU time, timestamps and labels; not on Windows. */
  readonly #ticksKnown = process.platform !== 'win32'
  #resolvers: Resolvers | undefined
  #contexts: DatadogContexts | undefined
  #refreshTimer: NodeJS.Timeout | undefined
  #threadLabels: Record<string, string> = {}
  #running = false
  #heapRunning = false
  #wallRunning = false
  #startMs = 0
  #last: Interval | undefined

  constructor(pprof: DatadogPprof, config: Config) {
    this.#pprof = pprof
    this.#config = config
  }

  get labelMode(): Engine['labelMode'] {
    return this.#contexts === undefined ? 'none' : 'async context frame'
  }

  /** @throws what @datadog/pprof throws */
  start(): boolean {
    // The uploads are the main thread's, and profiles of this engine do not leave the thread that they are of.
    if (!isMainThread) return false
    const { heap, wall, heapSamplingIntervalBytes, allocation } = this.#config
    this.#threadLabels = {
      'thread name': 'Main Event Loop',
      'thread id': '0',
      'os thread id': String(this.#pprof.getNativeThreadId()),
    }
    this.#resolvers = createResolver()
    this.#refreshTimer = setInterval(() => this.#resolvers?.refresh(), refreshMs)
    this.#refreshTimer.unref()
    this.#startMs = Date.now()
    this.#running = true
    // Their exit listener ends sampling and drops what there is: ours has to come first.
    process.prependListener('exit', this.#onExit)
    try {
      if (heap) {
        this.#pprof.heap.start(heapSamplingIntervalBytes, heapStackDepth, allocation && nodeMajor() >= 26)
        this.#heapRunning = true
      }
      if (wall) this.#startWall()
    } catch (error) {
      this.stop()
      throw error
    }
    return true
  }

  takeInterval(): Interval {
    const last = this.#last
    this.#last = undefined
    return last ?? (this.#running ? this.#take(true) : emptyInterval())
  }

  finish(): void {
    if (!this.#running) return
    this.#last = this.#take(false)
    this.stop()
  }

  stop(): void {
    this.#running = false
    process.removeListener('exit', this.#onExit)
    clearInterval(this.#refreshTimer)
    this.#contexts?.release()
    if (this.#heapRunning) this.#pprof.heap.stop()
    this.#heapRunning = false
    if (this.#wallRunning) this.#dropWall()
    this.#resolvers?.stop()
    this.#resolvers = undefined
  }

  readonly #onExit = (): void => this.finish()

  #startWall(): void {
    const { cpu, codeHotspots, endpoints, timeline, asyncContextFrame, uploadPeriodMs } = this.#config
    const start = (useCPED: boolean) =>
      this.#pprof.time.start({
        intervalMicros: samplingIntervalMicros,
        durationMillis: uploadPeriodMs * spareIntervals,
        withContexts: this.#ticksKnown && (cpu || codeHotspots || endpoints || timeline || useCPED),
        collectCpuTime: this.#ticksKnown && cpu,
        useCPED,
        workaroundV8Bug: true,
      })
    // Without context frames, a context would have to be set in each asynchronous callback: too dear.
    if (this.#ticksKnown && asyncContextFrame && nodeMajor() >= 22) {
      start(true)
      this.#wallRunning = true
      if (this.#contextsArrive()) {
        this.#contexts = new DatadogContexts(this.#pprof.time, this.#resolvers as Resolvers)
        this.#contexts.watch()
        return
      }
      this.#stopWall(false)
    }
    start(false)
    this.#wallRunning = true
  }

  /** Whether this process has AsyncContextFrame: asked of the engine itself, for flags and versions tell less. */
  #contextsArrive(): boolean {
    const { time } = this.#pprof
    const probe = {}
    return time.runWithContext(probe, () => time.getContext()) === probe
  }

  #stopWall(restart: boolean): PprofProfile {
    this.#wallRunning = restart
    return this.#pprof.time.stop(restart, this.#labelsOf, [
      ...Object.keys(this.#threadLabels),
      'trace endpoint',
    ])
  }

  readonly #labelsOf = ({ node, context }: { node: { name?: string }; context?: TickContext }): LabelSet => {
    if (node.name === this.#pprof.time.constants.NON_JS_THREADS_FUNCTION_NAME) return otherThreadsLabels
    if (context === undefined) return this.#threadLabels
    const { codeHotspots, endpoints, timeline } = this.#config
    const labels: LabelSet = { ...this.#threadLabels }
    if (timeline) labels.end_timestamp_ns = context.timestamp * 1000n
    return Object.assign(labels, this.#contexts?.labelsOf(context, codeHotspots, endpoints))
  }

  #dropWall(): void {
    try {
      this.#stopWall(false)
    } catch {
      // dd-trace has stopped it: there is one per process.
    }
  }

  #take(restart: boolean): Interval {
    const began = performance.now()
    let errors = this.#contexts?.takeFailed() ?? 0
    const encoded = (profile: () => PprofProfile): Uint8Array | undefined => {
      try {
        const made = profile()
        return made.sample.length > 0 ? made.encode() : undefined
      } catch {
        errors++
        return undefined
      }
    }
    // Space first: what it costs to make the other is not the application's memory.
    const space = this.#heapRunning
      ? encoded(() => this.#pprof.heap.profile(undefined, undefined, () => this.#threadLabels))
      : undefined
    const wall = this.#wallRunning ? encoded(() => this.#stopWall(restart)) : undefined
    const interval: Interval = {
      startMs: this.#startMs,
      endMs: Date.now(),
      ...(wall && { wall }),
      ...(space && { space }),
      endpointCounts: this.#resolvers?.takeEndpointCounts() ?? {},
      measured: {
        threads: 1,
        errors,
        longest_block_ms: performance.now() - began,
      },
      hasWork: wall !== undefined || space !== undefined,
    }
    this.#startMs = interval.endMs
    return interval
  }
}

const otherThreadsLabels = { 'thread name': 'Non-JS threads', 'thread id': 'NA', 'os thread id': 'NA' }

function emptyInterval(): Interval {
  const nowMs = Date.now()
  return { startMs: nowMs, endMs: nowMs, endpointCounts: {}, measured: {}, hasWork: false }
}

const nodeMajor = () => Number.parseInt(process.versions.node, 10)
