import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Config } from './config'
import type { UploaderData, UploaderMessage } from './uploader/main'

/** The main thread's end of the worker that uploads. The worker never keeps the process alive. */
export class UploaderThread {
  readonly #worker: Worker
  readonly #control: Int32Array
  readonly #flushes = new Map<number, (error: string | undefined) => void>()
  #lastFlush = 0
  #alive = true

  constructor(config: Config, runtimeId: string, startTimeMs: number, shutdown?: { deadlineMs: number }) {
    const control = new SharedArrayBuffer(4)
    this.#control = new Int32Array(control)
    const mainScript = process.argv[1]
    const data: UploaderData = { config, runtimeId, startTimeMs, control }
    if (mainScript !== undefined) data.mainScript = mainScript
    if (shutdown !== undefined) data.shutdown = shutdown
    this.#worker = new Worker(join(__dirname, 'uploader', 'main.js'), {
      workerData: data,
      name: 'acme-profiler',
      // The application's preloads, tracers above all, have no business in this thread.
      execArgv: [],
      env: withoutNodeOptions(),
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.unref()
    this.#worker.on('message', (message: { id: number; error?: string }) => {
      this.#settle(message.id, message.error)
    })
    this.#worker.on('error', () => this.#end())
    this.#worker.on('exit', () => this.#end())
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

  /** Asks for the last upload, without waiting. */
  beginShutdown(deadlineMs: number): void {
    this.#say({ type: 'shutdown', deadlineMs })
  }

  /** Blocks this thread until the last upload is done, or the deadline. For the end of the process only. */
  waitForShutdown(deadlineMs: number): void {
    if (this.#alive) Atomics.wait(this.#control, 0, 0, Math.max(0, deadlineMs - Date.now()))
  }

  #say(message: UploaderMessage): void {
    this.#worker.postMessage(message)
  }

  #settle(id: number, error: string | undefined): void {
    const resolve = this.#flushes.get(id)
    this.#flushes.delete(id)
    if (this.#flushes.size === 0) this.#worker.unref()
    resolve?.(error)
  }

  #end(): void {
    this.#alive = false
    for (const id of [...this.#flushes.keys()]) this.#settle(id, 'the uploader has ended')
  }
}

function withoutNodeOptions(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env
  return env
}
