import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { Agent } from './agent'
import { readConfig } from './config'
import type { Status } from './status'

// Of this thread. Two copies of the package in one process must not sample a thread twice.
const key = Symbol.for('@acme/profiler.agent')
const holder = globalThis as { [key]?: Agent }

/** The agent of this thread, if it was started. */
export function currentAgent(): Agent | undefined {
  return holder[key]
}

/** Starts the agent of this thread as the environment says, with `overrides` in place of its variables. */
export function startFromEnvironment(overrides: Record<string, string> = {}): Status {
  if (holder[key]?.status().running) return holder[key].status()
  const { config, complaints } = readConfig({ ...process.env, ...overrides })
  if (isMainThread) for (const complaint of complaints) say(complaint)
  if (config.enabled === 'off') return { running: false, reason: 'DD_PROFILING_ENABLED is off' }
  const agent = new Agent(config)
  agent.start()
  holder[key] = agent
  const status = agent.status()
  if (!status.running && isMainThread) say(`the profiler is off: ${status.reason}`)
  return status
}

function say(line: string): void {
  try {
    writeSync(2, `acme-profiler: ${line}\n`)
  } catch {
    // Standard error is closed; the application goes on.
  }
}
