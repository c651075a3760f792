import { monotonicMs } from '../monotonic'

/** Time as the uploader needs it; tests bring their own. */
export interface Clock {
  /** Milliseconds that only grow: deadlines survive a step of the system's clock. */
  nowMs(): number
  /** Resolves after `ms`, at once where that is over already or when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: monotonicMs,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.max(0, ms))
      signal?.addEventListener('abort', wake)
    }),
}
