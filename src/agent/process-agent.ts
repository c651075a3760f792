import { Agent } from './agent'
import { startWhenLongLived } from './auto-start'
import { type Config, readConfig } from './config'
import { say } from './say'
import { overridesOf, type StartOptions } from './start-options'
import type { Status } from './status'
import { isMainThread } from './thread'

/** The profiler of one thread: an agent, or the wait for the moment to start one. */
interface ThreadProfiler {
  /** False once it has ended, and when it did not start. */
  readonly active: boolean
  status(): Status
  stop(): Promise<void>
  flush(): Promise<void>
}

// Two copies of the package in one process must not sample a thread twice: whichever comes second uses the first's.
const key = Symbol.for('@acme/profiler.agent')
const holder = globalThis as { [key]?: ThreadProfiler }

/** The profiler of this thread, if start was tried. */
export function currentProfiler(): ThreadProfiler | undefined {
  return holder[key]
}

/** Starts profiling this thread as the environment says, with `options` in place of its variables. Never throws. */
export function startProfiler(options: StartOptions = {}): Status {
  if (holder[key]?.active) return holder[key].status()
  const { overrides, complaints: refused } = overridesOf(options)
  const { config, complaints } = readConfig({ ...process.env, ...overrides })
  for (const line of [...(isMainThread ? complaints : []), ...refused]) say(line)
  if (config.enabled === 'off') holder[key] = new Inactive('DD_PROFILING_ENABLED is off')
  else if (config.enabled === 'auto') holder[key] = new Waiting(config)
  else startAgent(config)
  return (holder[key] as ThreadProfiler).status()
}

function startAgent(config: Config): void {
  const agent = new Agent(config)
  holder[key] = agent
  agent.start()
  const status = agent.status()
  if (!status.running && isMainThread) say(`the profiler is off: ${status.reason}`)
}

class Inactive implements ThreadProfiler {
  readonly active: boolean = false
  protected reason: string

  constructor(reason: string) {
    this.reason = reason
  }

  status(): Status {
    return { running: false, reason: this.reason }
  }

  async stop(): Promise<void> {}

  async flush(): Promise<void> {}
}

class Waiting extends Inactive {
  override active = true
  readonly #end: () => void

  constructor(config: Config) {
    const seconds = config.longLivedThresholdMs / 1_000
    super(
      `DD_PROFILING_ENABLED=auto: it starts once the process has lived for ${seconds} s and a span was seen`,
    )
    this.#end = startWhenLongLived(config.longLivedThresholdMs, () => startAgent(config))
  }

  override async stop(): Promise<void> {
    this.#end()
    this.active = false
    this.reason = 'stopped'
  }
}
