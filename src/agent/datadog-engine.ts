import type { Interval } from './addon'
import type { Config } from './config'
import type { DatadogPprof, PprofProfile } from './datadog-pprof'
import { DatadogWall } from './datadog-wall'
import type { Engine } from './engine'
import { monotonicMs } from './monotonic'
import { createResolver, type Resolvers } from './resolvers'
import { isMainThread } from './thread'

const heapStackDepth = 64
/** How often it is looked whether a tracer has been loaded. */
const refreshMs = 1_000
/** What the clocks differ by less is how they were read; more is a clock that was set, and the next interval follows it. */
const clockStepMs = 10

/**
 * @datadog/pprof on the main thread, for platforms that our addon was not built for. It makes its profiles on the
 * thread that it samples, when an interval ends: that blocks the thread for some milliseconds.
 */
export class DatadogEngine implements Engine {
  readonly name = '@datadog/pprof'
  readonly #pprof: DatadogPprof
  readonly #config: Config
  #labelMode: Engine['labelMode'] = 'none'
  #threadLabels: Record<string, string> = {}
  #resolvers: Resolvers | undefined
  #refreshTimer: NodeJS.Timeout | undefined
  #wall: DatadogWall | undefined
  #running = false
  #heapRunning = false
  #startMs = 0
  /** The same moment, of monotonicMs. */
  #startedAtMs = 0
  #last: Interval | undefined

  constructor(pprof: DatadogPprof, config: Config) {
    this.#pprof = pprof
    this.#config = config
  }

  get labelMode(): Engine['labelMode'] {
    return this.#labelMode
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
    const resolvers = createResolver()
    this.#resolvers = resolvers
    this.#refreshTimer = setInterval(() => resolvers.refresh(), refreshMs)
    this.#refreshTimer.unref()
    this.#startMs = Date.now()
    this.#startedAtMs = monotonicMs()
    this.#running = true
    // Their exit listener ends sampling and drops what there is: ours has to come first.
    process.prependListener('exit', this.#onExit)
    try {
      if (heap) {
        const allocations = allocation && Number.parseInt(process.versions.node, 10) >= 26
        this.#pprof.heap.start(heapSamplingIntervalBytes, heapStackDepth, allocations)
        this.#heapRunning = true
      }
      if (wall) this.#wall = new DatadogWall(this.#pprof.time, this.#config, resolvers, this.#threadLabels)
      if (this.#wall?.labelled) this.#labelMode = 'async context frame'
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

  discardInterval(): void {
    this.takeInterval()
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
    this.#wall?.stop()
    this.#wall = undefined
    if (this.#heapRunning) this.#pprof.heap.stop()
    this.#heapRunning = false
    this.#resolvers?.stop()
    this.#resolvers = undefined
  }

  readonly #onExit = (): void => this.finish()

  #take(restart: boolean): Interval {
    const began = performance.now()
    let errors = this.#wall?.takeFailed() ?? 0
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
    const running = this.#wall
    const wall = running && encoded(() => running.profile(restart))
    const nowMs = monotonicMs()
    const interval: Interval = {
      startMs: this.#startMs,
      // The system's clock may have been set since the start.
      endMs: this.#startMs + Math.round(nowMs - this.#startedAtMs),
      ...(wall && { wall }),
      ...(space && { space }),
      endpointCounts: this.#resolvers?.takeEndpointCounts() ?? {},
      measured: {
        threads: 1,
        errors,
        ticks_dropped: running?.takeDropped() ?? 0,
        longest_block_ms: performance.now() - began,
      },
      hasWork: wall !== undefined || space !== undefined,
    }
    this.#startedAtMs = nowMs
    this.#startMs = Math.abs(Date.now() - interval.endMs) > clockStepMs ? Date.now() : interval.endMs
    return interval
  }
}

function emptyInterval(): Interval {
  const nowMs = Date.now()
  return { startMs: nowMs, endMs: nowMs, endpointCounts: {}, measured: {}, hasWork: false }
}
