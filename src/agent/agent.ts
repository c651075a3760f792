import { constants } from 'node:os'
import type { Addon } from './addon'
import { chooseEngine } from './choose-engine'
import type { Config } from './config'
import { CrashLatch, CrashLoop } from './crash-latch'
import type { Engine } from './engine'
import { monotonicMs } from './monotonic'
import { holdDatadogProfiler } from './resolvers'
import { say } from './say'
import type { Status } from './status'
import { isMainThread } from './thread'
import { Uploads } from './uploads'

/** What ends a process in order: of orchestrators and terminals, and SIGUSR2 of nodemon. */
const heldSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const

const stopping = 'it is being stopped'

/** The profiler of one thread; on the main thread also the uploads and the end of the process. */
export class Agent {
  readonly #config: Config
  readonly #startTimeMs = Date.now()
  #latch: CrashLatch | undefined
  #engine: Engine | undefined
  #uploads: Uploads | undefined
  #reason = 'not started'
  #releaseDatadog: (() => void) | undefined
  #releaseTermination: (() => void) | undefined
  #stopping: Promise<void> | undefined
  #ended = false

  constructor(config: Config) {
    this.#config = config
  }

  /** From a start that succeeded to the end of stop(). */
  get active(): boolean {
    return this.#engine !== undefined
  }

  /** Never throws; status() tells why when it did not start. */
  start(): void {
    try {
      if (isMainThread) {
        if (process.permission?.has('worker') === false)
          throw new Error(
            'uploads are made by a worker thread, which --permission forbids without --allow-worker',
          )
        this.#latch = CrashLatch.arm(this.#config.spool.dir, process.argv[1] ?? process.execPath)
      }
      const { engine, addon } = chooseEngine(this.#config)
      // Before our samplers: V8 has one heap sampler per isolate, and theirs may run already.
      this.#releaseDatadog ??= holdDatadogProfiler()
      if (!engine.start()) throw new Error('V8 did not start its profiler')
      this.#engine = engine
      process.on('exit', this.#onExit)
      if (!isMainThread) return
      this.#uploads = new Uploads(this.#config, engine, this.#startTimeMs)
      if (addon !== undefined) this.#holdTermination(addon)
    } catch (error) {
      this.#latch?.release()
      // What is left alone is left alone by dd-trace's profiler too; whatever else keeps ours off leaves theirs as it was.
      if (error instanceof CrashLoop) this.#releaseDatadog ??= holdDatadogProfiler()
      else this.#endHold()
      this.#reason = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
    }
  }

  /** Ends sampling and makes the last upload in the background. Again: the same. */
  stop(): Promise<void> {
    if (this.#engine !== undefined) this.#stopping ??= this.#stop(this.#engine)
    return this.#stopping ?? Promise.resolve()
  }

  /**
   * Uploads what there is by now.
   * @throws Error if that failed, or this is no thread that uploads
   */
  async flush(): Promise<void> {
    if (this.#engine === undefined) return
    if (!isMainThread) throw new Error('the main thread uploads the profiles of all threads: flush() there')
    const error = await this.#uploads?.flush()
    if (error !== undefined) throw new Error(error)
  }

  status(): Status {
    const totals = this.#uploads?.totals
    const uploads = totals && { uploads: totals }
    if (this.#engine === undefined) return { running: false, reason: this.#reason, ...uploads }
    if (this.#stopping !== undefined) return { running: false, reason: stopping, ...uploads }
    return { running: true, engine: this.#engine.name, labelMode: this.#engine.labelMode, ...uploads }
  }

  async #stop(engine: Engine): Promise<void> {
    engine.finish()
    await this.#uploads?.close(monotonicMs() + this.#config.shutdownTimeoutMs)
    this.#release()
  }

  #holdTermination(addon: Addon): void {
    // Where the application listens already, it is asked first, and may well go on.
    const unheard = heldSignals.filter((signal) => process.listenerCount(signal) === 0)
    const signals = unheard.map((signal) => constants.signals[signal])
    // One second more than the upload may take: the guard is for the case that this thread is stuck.
    try {
      addon.holdTermination(signals, this.#shutdown, this.#config.shutdownTimeoutMs + 1_000)
      this.#releaseTermination = () => addon.releaseTermination()
    } catch (error) {
      say(
        `a signal ends the process without a last upload: ${error instanceof Error ? error.message : error}`,
      )
    }
  }

  readonly #onExit = (): void => {
    if (isMainThread) this.#shutdown()
    else this.#engine?.finish()
  }

  /** The last upload. Blocks for as long as it takes, but within its bound. */
  readonly #shutdown = (): void => {
    if (this.#ended || this.#engine === undefined) return
    this.#ended = true
    this.#latch?.release()
    try {
      const deadlineMs = monotonicMs() + this.#config.shutdownTimeoutMs
      this.#engine.finish()
      if (this.#config.shutdownTimeoutMs > 0) this.#uploads?.shutdown(deadlineMs)
    } catch {
      // The process is ending: nobody is left to tell.
    }
  }

  #release(): void {
    process.removeListener('exit', this.#onExit)
    this.#latch?.release()
    this.#engine?.stop()
    this.#releaseTermination?.()
    this.#endHold()
    this.#engine = undefined
    this.#reason = 'stopped'
  }

  #endHold(): void {
    this.#releaseDatadog?.()
    this.#releaseDatadog = undefined
  }
}
