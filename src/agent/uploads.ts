import type { Config } from './config'
import type { Engine } from './engine'
import { runtimeId } from './resolvers'
import { say } from './say'
import type { UploadTotals } from './status'
import { Counters } from './uploader/counters'
import { UploaderThread } from './uploader-thread'

/** How long after the start the uploader's thread is started: the application's own start comes first. */
const firstStartMs = 5_000

/** The uploads of this process: has a thread that makes them, and has another one where that is lost. */
export class Uploads {
  readonly #config: Config
  readonly #engine: Engine
  readonly #startTimeMs: number
  readonly #counters = new Counters()
  #thread: UploaderThread | undefined
  #timer: NodeJS.Timeout | undefined
  #lastLoss: string | undefined
  #ended = false

  /** @param startTimeMs epoch milliseconds at which profiling began */
  constructor(config: Config, engine: Engine, startTimeMs: number) {
    this.#config = config
    this.#engine = engine
    this.#startTimeMs = startTimeMs
    this.#startIn(firstStartMs)
  }

  /** Absent until a thread was started. */
  get totals(): UploadTotals | undefined {
    if (this.#thread === undefined && this.#lastLoss === undefined) return undefined
    const { sent, spooled, dropped } = this.#counters
    return { sent, spooled, dropped }
  }

  /** Uploads what there is by now. Resolves with why that failed. */
  async flush(): Promise<string | undefined> {
    if (!this.#thread?.alive) this.#start()
    return this.#thread?.alive ? this.#thread.flush() : this.#lastLoss
  }

  /** Makes the last upload in the background, until `deadlineMs` of monotonicMs. */
  async close(deadlineMs: number): Promise<void> {
    if (!this.#thread?.alive) this.#start()
    this.#end()
    await this.#thread?.close(deadlineMs)
  }

  /** Makes the last upload, and blocks until it is done or given up. For the end of the process only. */
  shutdown(deadlineMs: number): void {
    this.#end()
    if (this.#thread?.alive) this.#thread.beginShutdown(deadlineMs)
    else this.#start({ deadlineMs })
    this.#thread?.waitForShutdown(deadlineMs)
  }

  #end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #startIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#start(), ms)
    this.#timer.unref()
  }

  #start(shutdown?: { deadlineMs: number }): void {
    clearTimeout(this.#timer)
    try {
      this.#thread = new UploaderThread(
        this.#config,
        this.#engine,
        {
          ...{ runtimeId: runtimeId(), startTimeMs: this.#startTimeMs, counts: this.#counters.shared },
          ...(shutdown && { shutdown }),
        },
        this.#onLost,
      )
    } catch (error) {
      this.#thread = undefined
      this.#onLost(error instanceof Error ? error.message : String(error))
    }
  }

  readonly #onLost = (why: string): void => {
    const isFirst = this.#lastLoss === undefined
    this.#lastLoss = `the uploader's thread is gone: ${why.split('\n')[0]}`
    this.#counters.drop('uploader_lost')
    if (this.#ended) return
    // It would pile up until there is somebody to upload it.
    this.#engine.discardInterval()
    const periodMs = this.#config.uploadPeriodMs
    if (isFirst) say(`${this.#lastLoss}; it is started again every ${periodMs / 1_000} s`)
    this.#startIn(periodMs)
  }
}
