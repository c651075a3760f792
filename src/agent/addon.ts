import { join } from 'node:path'
import type { WindowLabels } from './resolve'
import type { EndpointNames } from './slots'

/** What the native addon samples on one thread. */
export interface AddonOptions {
  wall: boolean
  heap: boolean
  cpu: boolean
  allocations: boolean
  spanIds: boolean
  endpoints: boolean
  timeline: boolean
  /** Label ticks through the AsyncContextFrame; see contextFramesActive(). */
  contextFrames: boolean
  /** Where contextFrames is false: two one-element views that change whenever the current context does. */
  storeVersion?: Uint32Array
  asyncId?: Float64Array
  samplingIntervalMicros: number
  heapSamplingIntervalBytes: number
  /** What sampling may cost, millionths of the CPU of the thread sampled; 0 is no bound. */
  maxOverheadPpm: number
  threadName: string
  threadId: string
}

/** The JavaScript side of labels, called by the addon on the sampled thread. */
export interface LabelSource {
  resolveFrames(count: number): WindowLabels
  /** Without context frames: the current context's label set, a number within the window, 0 for none. */
  resolveCurrent(): number
  /** Without context frames: the labels of the window, which ends. */
  takeWindow(): WindowLabels
  endInterval(): { endpoints: EndpointNames; endpointCounts: Record<string, number> }
}

/** One upload's worth of profiles. */
export interface Interval {
  /** Epoch milliseconds. */
  startMs: number
  endMs: number
  /** pprof, not compressed; absent where the profile is off. */
  wall?: Uint8Array
  space?: Uint8Array
  endpointCounts: Record<string, number>
  /** What the agent measured of itself. */
  measured: Record<string, number>
  /** False if there is not a single sample. */
  hasWork: boolean
}

/**
 * The native addon. Every function is safe to call at any time; what makes no sense does nothing.
 * @throws Error `out of memory`, each of them: then nothing has been done. What fails later is counted as an error or a lost interval.
 */
export interface Addon {
  /** Samples the calling thread until stop() or its end. False if V8 refuses or it is sampled already. */
  start(options: AddonOptions, labels: LabelSource): boolean
  /** Takes the last window of the calling thread while JavaScript can still label it. */
  finish(): void
  stop(): void
  /** Makes frame `n` the current one; only within `resolveFrames`. */
  enterFrame(n: number): void
  /** Whether the current context lives in an AsyncContextFrame that the signal handler can read. */
  contextFramesActive(): boolean
  /** Ends the interval; `done` runs once on the calling thread's event loop. Without an interval: it was lost for want of memory. */
  collect(done: (interval?: Interval) => void): void
  /**
   * Asks the system for all addresses of `host`, on a thread that neither libuv's pool nor the end of the process waits for. `done` runs
   * once on the calling thread's event loop, with the code of an error (`ENOTFOUND`, `EAI_AGAIN`, `EAI_FAIL`) or at least one address.
   * False where the system has no thread or memory left.
   */
  lookup(host: string, done: (error: string | undefined, addresses: string[]) => void): boolean
  /** Names the calling thread for the operating system, up to 15 bytes. */
  nameThread(name: string): void
  /**
   * Holds each of `signals`, SIGTERM, SIGINT, SIGHUP and SIGUSR2 are possible, until `onSignal` has returned, `graceMs` at most, then
   * lets it do what it would have done. Listeners that the application adds later take precedence; a signal that it
   * listens to already is not to be held. Main thread only.
   */
  holdTermination(signals: readonly number[], onSignal: () => void, graceMs: number): void
  /** For the uploader's thread: called when a signal is held and the main thread's event loop is stuck. */
  onStuckTermination(onSignal: () => void): void
  /** Lets the held signal go on; does nothing if there is none. */
  resumeTermination(): void
  releaseTermination(): void
}

/**
 * The addon built for this platform and Node.
 * @throws where there is none (macOS, Windows, musl, an unknown ABI)
 */
export function loadAddon(): Addon {
  const load = require('node-gyp-build') as (directory: string) => Addon
  return load(join(__dirname, '..', '..', 'native'))
}
