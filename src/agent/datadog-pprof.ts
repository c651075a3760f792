// The parts of @datadog/pprof 5 that are used here, so that nobody needs its types who does not install it.

/** A profile as pprof-format builds it. */
export interface PprofProfile {
  sample: readonly unknown[]
  durationNanos: number | bigint
  /** pprof, not compressed. */
  encode(): Uint8Array
}

export type LabelSet = Record<string, string | number | bigint>

/** Of one tick; `context` is what setContext() was given in the frame that was current. */
export interface TickContext {
  context?: object
  /** Microseconds since the epoch. */
  timestamp: bigint
}

export interface TimeOptions {
  intervalMicros: number
  /** Room for contexts is made for as long. */
  durationMillis: number
  /** Needed for CPU time and timestamps too. Windows has none. */
  withContexts: boolean
  collectCpuTime: boolean
  /** Contexts belong to the AsyncContextFrame; else there is one for the thread. */
  useCPED: boolean
  workaroundV8Bug: boolean
}

export interface DatadogPprof {
  time: {
    start(options: TimeOptions): void
    stop(
      restart: boolean,
      labels: (tick: { node: { name?: string }; context?: TickContext }) => LabelSet,
      lowCardinalityLabels: string[],
    ): PprofProfile
    setContext(context: object | undefined): void
    getContext(): object | undefined
    runWithContext<T>(context: object, run: () => T): T
    /** With contexts: at the index kSampleCount how many ticks the running interval has room taken for. */
    getState(): Uint32Array
    constants: { NON_JS_THREADS_FUNCTION_NAME: string; kSampleCount: number }
  }
  heap: {
    start(intervalBytes: number, stackDepth: number, allocations: boolean): void
    stop(): void
    profile(ignoredPath: undefined, sourceMapper: undefined, labels: () => LabelSet): PprofProfile
  }
  getNativeThreadId(): number
}

/** @returns an error where it is not installed, or has no build for this platform either */
export function loadDatadogPprof(): DatadogPprof | Error {
  // Bundlers refuse to build an application without it, unless it is asked for within `try`.
  try {
    return require('@datadog/pprof') as DatadogPprof
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
