import { currentProfiler, startProfiler } from './agent/process-agent'
import type { StartOptions } from './agent/start-options'
import type { Status } from './agent/status'

export { enterLabels, type LabelValue, withLabels } from './agent/labels'
export type { StartOptions } from './agent/start-options'
export type { Status, UploadTotals } from './agent/status'

/**
 * Profiles the calling thread from now on; does nothing where it is profiled already. Starting at preload
 * (`--require @acme/profiler/init`) is better: V8 then never has to walk a loaded heap. In a worker thread it adds
 * that thread to the uploads, which the main thread makes, if it is profiled too.
 * @param options in place of environment variables. A wrong one is ignored, with one line on standard error
 * @returns whether it runs, and if not why; never throws. The environment has the last word: with
 *   `DD_PROFILING_ENABLED` off nothing is started, with `auto` it waits for its moment
 */
export function start(options: StartOptions = {}): Status {
  return startProfiler(options)
}

/**
 * Ends profiling of this thread, on the main thread with a last upload. Resolves when that is done or given up (it is
 * then kept on disk and sent by a later upload); never rejects. start() may be called again afterwards.
 */
export async function stop(): Promise<void> {
  await currentProfiler()?.stop()
}

/**
 * Uploads now what was sampled since the last upload, instead of at the end of the period. Resolves at once where
 * nothing is profiled.
 * @throws Error if the upload failed (the message is the reason, as in docs/configuration.md; it is kept on disk and
 *   sent by a later one), or in a worker thread: the main thread uploads the profiles of all threads
 */
export async function flush(): Promise<void> {
  await currentProfiler()?.flush()
}

/** Whether this thread is profiled, by what, and if not why. */
export function status(): Status {
  return currentProfiler()?.status() ?? { running: false, reason: 'not started' }
}
