import { extname, join } from 'node:path'
import { Piscina } from 'piscina'
import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { DecodeTask, InflateTask, Outcome } from './decode-task'
import type { Received } from './protocol'

/**
 * Reads requests in threads of their own, so that none, whatever it holds, keeps the others waiting. A thread that needs too long
 * or too much memory is ended, and only its own request is refused.
 */
export class Decoder {
  readonly #limits: LimitValues
  readonly #pool: Piscina<DecodeTask | InflateTask | undefined, Outcome<unknown>>
  #closed = false

  constructor(limits: LimitValues) {
    this.#limits = limits
    this.#pool = new Piscina({
      filename: join(__dirname, `worker${extname(__filename)}`),
      minThreads: 1,
      maxThreads: limits.uploadsChecked,
      idleTimeout: 60_000,
      resourceLimits: {
        maxOldGenerationSizeMb: limits.checkHeapBytes / 2 ** 20,
        // What is decoded is soon garbage: V8's 48 MiB for it would be full of it, in each thread. At 12 the
        // process had 13 to 21 MB more, and no less CPU per upload (docs/bench.md).
        maxYoungGenerationSizeMb: 6,
      },
    })
  }

  /** Resolves when a thread is up, so that the first upload does not wait for it. */
  async start(): Promise<void> {
    await this.#pool.run(undefined)
  }

  /** Takes the body's memory. At most limits.uploadsChecked at a time. Throws CodedError, check_timeout and check_memory among them, store_unavailable once it is closed. */
  decode(task: Omit<DecodeTask, 'limits'>): Promise<Received> {
    return this.#run({ ...task, limits: this.#limits }) as Promise<Received>
  }

  /** Takes the Content-Encoding off, to at most limits.uploadBytes; all else as decode(). */
  inflate(task: Omit<InflateTask, 'limits'>): Promise<Uint8Array> {
    return this.#run({ ...task, limits: this.#limits }) as Promise<Uint8Array>
  }

  async #run(task: DecodeTask | InflateTask): Promise<unknown> {
    if (this.#closed) throw new CodedError('store_unavailable')
    const { checkMs, checkHeapBytes } = this.#limits
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), checkMs)
    try {
      const outcome = await this.#pool.run(task, {
        signal: late.signal,
        transferList: [task.body.buffer as ArrayBuffer],
      })
      if ('code' in outcome) throw new CodedError(outcome.code, outcome.details)
      return outcome.value
    } catch (error) {
      // Its thread was ended by the end of all: no fault of the request, and its connection is closed.
      if (this.#closed) throw new CodedError('store_unavailable')
      if (late.signal.aborted) throw new CodedError('check_timeout', { limit: checkMs })
      if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error
      throw new CodedError('check_memory', { limit: checkHeapBytes })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#pool.destroy()
  }
}
