import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Config } from './config'
import type { Engine, Interval } from './engine'
import { monotonicMs } from './monotonic'
import { loadWorkerThreads } from './thread'
import type { UploaderAnswer, UploaderData, UploaderMessage } from './uploader/main'

const sliceMs = 50

/** The main thread's end of the worker that uploads. The worker never keeps the process alive. */
export class UploaderThread {
  readonly #worker: Worker
  readonly #engine: Engine
  readonly #control: Int32Array
  readonly #flushes = new Map<number, (error: string | undefined) => void>()
  #lastFlush = 0
  #alive = true
  #closing = false
  readonly #onLost: (reason: string) => void

  /**
   * @param run what is known of this run of the profiler; with `shutdown` the thread is there for the last upload alone
   * @param onLost called where the thread could not begin, or ended before it was to
   * @throws where it could not be started at all
   */
  constructor(
    config: Config,
    engine: Engine,
    run: Pick<UploaderData, 'runtimeId' | 'startTimeMs' | 'counts' | 'shutdown'>,
    onLost: (reason: string) => void,
  ) {
    this.#onLost = onLost
    this.#closing = run.shutdown !== undefined
    const control = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    this.#control = new Int32Array(control)
    this.#engine = engine
    const { name, labelMode } = engine
    const byMessage = engine.takeInterval !== undefined
    const data: UploaderData = { config, ...run, control, engine: { name, labelMode, byMessage } }
    const mainScript = process.argv[1]
    if (mainScript !== undefined) data.mainScript = mainScript
    if (data.shutdown !== undefined) Object.assign(data.shutdown, this.#lastInterval())
    const { Worker } = loadWorkerThreads()
    this.#worker = new Worker(join(__dirname, 'uploader', 'main.js'), {
      workerData: data,
      name: 'acme-profiler',
      // The application's preloads, tracers above all, have no business in this thread.
      execArgv: [],
      env: withoutNodeOptions(),
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.on('message', (message: UploaderAnswer) => {
      if (message.type === 'flushed') this.#settle(message.id, message.error)
      else this.#sendInterval()
    })
    this.#worker.on('error', (error) => this.#end(error.message))
    this.#worker.on('exit', (code) => this.#end(`exit code ${code}`))
    // Last: a listener for messages holds the event loop again.
    this.#worker.unref()
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Uploads what there is by now. Keeps the process alive until then: somebody waits for it. */
  flush(): Promise<string | undefined> {
    if (!this.#alive) return Promise.resolve('the uploader has ended')
    const id = ++this.#lastFlush
    return new Promise((resolve) => {
      this.#flushes.set(id, resolve)
      this.#worker.ref()
      this.#say({ type: 'flush', id })
    })
  }

  /** Makes the last upload, until `deadlineMs` of monotonicMs; resolves when the thread has ended. Keeps the process alive until then: somebody waits for it. */
  close(deadlineMs: number): Promise<void> {
    if (!this.#alive) return Promise.resolve()
    this.#worker.ref()
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    this.beginShutdown(deadlineMs)
    return ended
  }

  /** Asks for the last upload, without waiting. */
  beginShutdown(deadlineMs: number): void {
    this.#closing = true
    this.#say({ type: 'shutdown', deadlineMs, ...this.#lastInterval() })
  }

  /** Blocks this thread until the last upload is done, or the deadline. For the end of the process only. */
  waitForShutdown(deadlineMs: number): void {
    if (!this.#alive) return
    // In slices: while the process or the machine stands still, the other thread cannot put anything on disk either, and
    // that counts as one slice.
    for (let leftMs = deadlineMs - monotonicMs(); leftMs > 0; leftMs -= sliceMs)
      if (Atomics.wait(this.#control, 0, 0, Math.min(leftMs, sliceMs)) !== 'timed-out') return
  }

  #say(message: UploaderMessage): void {
    this.#worker.postMessage(message)
  }

  // This thread may be blocked until the last upload is done, so nothing can be asked of it then.
  #lastInterval(): { interval?: Interval } {
    const interval = this.#engine.takeInterval?.()
    return interval === undefined ? {} : { interval }
  }

  #sendInterval(): void {
    const interval = this.#engine.takeInterval?.()
    if (interval === undefined) return
    const profiles = [interval.wall, interval.space].filter((bytes) => bytes !== undefined)
    this.#worker.postMessage(
      { type: 'interval', interval } satisfies UploaderMessage,
      profiles.map((bytes) => bytes.buffer as ArrayBuffer),
    )
  }

  #settle(id: number, error: string | undefined): void {
    const resolve = this.#flushes.get(id)
    this.#flushes.delete(id)
    if (this.#flushes.size === 0 && !this.#closing) this.#worker.unref()
    resolve?.(error)
  }

  #end(reason: string): void {
    if (this.#alive && !this.#closing) this.#onLost(reason)
    this.#alive = false
    for (const id of [...this.#flushes.keys()]) this.#settle(id, 'the uploader has ended')
  }
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env
  return env
}
