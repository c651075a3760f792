import { currentAgent, startFromEnvironment } from './agent/process-agent'
import type { Status } from './agent/status'

export { enterLabels, type LabelValue, withLabels } from './agent/labels'
export type { Status, UploadTotals } from './agent/status'

/** Options of start(), each in place of the environment variable named. */
export interface StartOptions {
  /** DD_SERVICE */
  service?: string
  /** DD_ENV */
  env?: string
  /** DD_VERSION */
  version?: string
  /** DD_TRACE_AGENT_URL: where the intake or the Datadog Agent listens. */
  url?: string
  /** DD_PROFILING_UPLOAD_PERIOD, in seconds. */
  uploadPeriodS?: number
}

/**
 * Profiles the calling thread from now on. Starting at preload (`--require @acme/profiler/init`) is better: V8
 * then never has to walk a loaded heap, and code that is already running is named.
 * @returns whether it runs, and if not why; never throws
 */
export function start(options: StartOptions = {}): Status {
  const overrides: Record<string, string> = {}
  if (options.service !== undefined) overrides.DD_SERVICE = options.service
  if (options.env !== undefined) overrides.DD_ENV = options.env
  if (options.version !== undefined) overrides.DD_VERSION = options.version
  if (options.url !== undefined) overrides.DD_TRACE_AGENT_URL = options.url
  if (options.uploadPeriodS !== undefined)
    overrides.DD_PROFILING_UPLOAD_PERIOD = String(options.uploadPeriodS)
  return startFromEnvironment(overrides)
}

/** Uploads what there is and ends profiling of this thread. Resolves when the upload is done or given up. */
export async function stop(): Promise<void> {
  await currentAgent()?.stop()
}

/**
 * Uploads what there is now, before the interval's time.
 * @throws Error if the upload failed; it is then kept on disk and tried again
 */
export async function flush(): Promise<void> {
  await currentAgent()?.flush()
}

/** Whether this thread is profiled, by which engine, and if not why. */
export function status(): Status {
  return currentAgent()?.status() ?? { running: false, reason: 'not started' }
}
