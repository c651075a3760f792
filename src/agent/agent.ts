import { isMainThread } from 'node:worker_threads'
import { loadAddon } from './addon'
import type { Config } from './config'
import type { Engine } from './engine'
import { NativeEngine } from './native-engine'
import { holdDatadogProfiler, runtimeId } from './resolvers'
import { UploaderThread } from './uploader-thread'

/** How long after the start the uploader's thread is started: the application's own start comes first. */
const uploaderDelayMs = 5_000

export interface Status {
  /** Whether this thread is sampled. */
  running: boolean
  /** Why not, in one line. */
  reason?: string
  engine?: string
  labelMode?: Engine['labelMode']
}

/** The profiler of one thread; on the main thread also the uploads and the end of the process. */
export class Agent {
  readonly #config: Config
  readonly #startTimeMs = Date.now()
  #engine: Engine | undefined
  #uploader: UploaderThread | undefined
  #uploaderTimer: NodeJS.Timeout | undefined
  #reason = 'not started'
  #releaseDatadog: (() => void) | undefined
  #ended = false

  constructor(config: Config) {
    this.#config = config
  }

  /** Never throws; status() tells why when it did not start. */
  start(): void {
    try {
      const addon = loadAddon()
      // Before our samplers: V8 has one heap sampler per isolate, and theirs may run already.
      this.#releaseDatadog = holdDatadogProfiler()
      const engine = new NativeEngine(addon, this.#config)
      if (!engine.start()) {
        this.#reason = 'V8 did not start its profiler'
        return
      }
      this.#engine = engine
      process.on('exit', this.#onExit)
      if (!isMainThread) return
      this.#uploaderTimer = setTimeout(() => this.#startUploader(), uploaderDelayMs)
      this.#uploaderTimer.unref()
      // One second more than the upload may take: the guard is for the case that this thread is stuck.
      addon.holdTermination(this.#shutdown, this.#config.shutdownTimeoutMs + 1_000)
    } catch (error) {
      this.#reason = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
    }
  }

  /** Ends sampling and makes the last upload in the background. */
  async stop(): Promise<void> {
    if (this.#engine === undefined) return
    if (this.#uploader === undefined) this.#startUploader()
    this.#engine.finish()
    await this.#uploader?.flush()
    this.#release()
  }

  /** Uploads what there is by now. */
  async flush(): Promise<void> {
    if (this.#engine === undefined) return
    if (this.#uploader === undefined) this.#startUploader()
    const error = await this.#uploader?.flush()
    if (error !== undefined) throw new Error(error)
  }

  status(): Status {
    if (this.#engine === undefined) return { running: false, reason: this.#reason }
    return { running: true, engine: this.#engine.name, labelMode: this.#engine.labelMode }
  }

  #startUploader(shutdown?: { deadlineMs: number }): void {
    clearTimeout(this.#uploaderTimer)
    try {
      this.#uploader = new UploaderThread(this.#config, runtimeId(), this.#startTimeMs, shutdown)
    } catch (error) {
      this.#reason = `no uploader: ${error instanceof Error ? error.message : error}`
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
    try {
      const deadlineMs = Date.now() + this.#config.shutdownTimeoutMs
      this.#engine.finish()
      if (this.#config.shutdownTimeoutMs === 0) return
      if (this.#uploader?.alive) this.#uploader.beginShutdown(deadlineMs)
      else this.#startUploader({ deadlineMs })
      this.#uploader?.waitForShutdown(deadlineMs)
    } catch {
      // The process is ending: nobody is left to tell.
    }
  }

  #release(): void {
    process.removeListener('exit', this.#onExit)
    clearTimeout(this.#uploaderTimer)
    this.#uploader?.beginShutdown(Date.now())
    this.#engine?.stop()
    this.#releaseDatadog?.()
    this.#engine = undefined
    this.#uploader = undefined
    this.#reason = 'stopped'
  }
}
