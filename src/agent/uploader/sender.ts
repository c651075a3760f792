import type { Clock } from './clock'
import type { Counters, DropReason } from './counters'
import { judge, type Outcome } from './retry'
import type { Random } from './schedule'
import type { Spool } from './spool'

/** A finished request body. */
export interface Upload {
  body: Buffer
  boundary: string
  /** For the message when the intake finds it too large: bytes by attachment. */
  sizes: Record<string, number>
}

/** What the sender works with. */
export interface SenderParts {
  send(upload: Pick<Upload, 'body' | 'boundary'>, timeoutMs: number, abort: AbortSignal): Promise<Outcome>
  spool: Spool | undefined
  counters: Counters
  clock: Clock
  random: Random
  uploadTimeoutMs: number
  /** One upload period: no attempt begins later than this after the upload's first. */
  cycleMs: number
  /** Called when an upload arrives after failures, and at the first failure after a success. */
  onState(failing: DropReason | undefined, outcome: Outcome, upload: Upload): void
}

/** Uploads in memory, together. */
export const maxQueuedBytes = 4_194_304
/** Left of the time at the end of the process for putting on disk what was not sent: where there is more of it, more, for machines that stall. */
const spoolMarginMs = (remainingMs: number) => Math.max(100, remainingMs / 8)

interface Job {
  upload: Upload
  settle(reason: DropReason | undefined): void
}

/** Sends uploads one after another: one in flight, one waiting; a third displaces the waiting one. What cannot be sent goes to the spool. */
export class Sender {
  #busy = false
  #inFlightBytes = 0
  #waiting: Job | undefined
  #holdUntilMs = 0
  #failing = false
  /** Ends waiting between attempts. */
  readonly #closing = new AbortController()
  /** Ends attempts. */
  readonly #abort = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly parts: SenderParts) {}

  /** Resolves with undefined once the upload has arrived, else with why it did not. Never rejects. */
  submit(upload: Upload): Promise<DropReason | undefined> {
    return new Promise((settle) => {
      const job: Job = { upload, settle }
      if (upload.body.length > maxQueuedBytes) return this.#giveUp(job, 'too_large', false)
      if (this.#closing.signal.aborted) return this.#giveUp(job, 'shutdown', true)
      if (!this.#busy) {
        this.#running = this.#run(job)
        return
      }
      const displaced = this.#waiting
      this.#waiting = undefined
      if (displaced) this.#giveUp(displaced, 'displaced', true)
      if (this.#inFlightBytes + upload.body.length > maxQueuedBytes)
        return this.#giveUp(job, 'displaced', true)
      this.#waiting = job
    })
  }

  /**
   * Sends `last` at once, beside what is in flight; waits for both until `remainingMs` have passed. What has not arrived by then is in the spool.
   */
  async close(last: Upload | undefined, remainingMs: number): Promise<void> {
    const { clock } = this.parts
    this.#closing.abort()
    const endMs = clock.nowMs() + remainingMs - spoolMarginMs(remainingMs)
    const finished = new AbortController()
    const work = Promise.all([this.#running, last && this.#sendLast(last, endMs - clock.nowMs())])
    work.then(() => finished.abort())
    await clock.sleep(Math.max(0, endMs - clock.nowMs()), finished.signal)
    this.#abort.abort()
    await work
  }

  async #sendLast(upload: Upload, timeoutMs: number): Promise<void> {
    const job: Job = { upload, settle() {} }
    const held = this.#holdUntilMs > this.parts.clock.nowMs()
    if (upload.body.length > maxQueuedBytes) return this.#giveUp(job, 'too_large', false)
    if (held || timeoutMs <= 0) return this.#giveUp(job, 'shutdown', true)
    await this.#attempt(job, timeoutMs, (outcome) =>
      judge(outcome, 1, 0, this.parts.cycleMs, this.parts.random),
    )
  }

  async #run(first: Job): Promise<void> {
    this.#busy = true
    for (let job: Job | undefined = first; job; ) {
      this.#inFlightBytes = job.upload.body.length
      await this.#deliver(job)
      if (this.#waiting === undefined && !this.#failing) await this.#sendLeftover()
      job = this.#waiting
      this.#waiting = undefined
    }
    this.#busy = false
  }

  async #deliver(job: Job): Promise<void> {
    const { clock, cycleMs, random, counters, uploadTimeoutMs } = this.parts
    await clock.sleep(Math.max(0, this.#holdUntilMs - clock.nowMs()), this.#closing.signal)
    const startedMs = clock.nowMs()
    for (let attempt = 1; ; attempt++) {
      // Each has its first attempt, if the time is short too: a copy on disk may never be sent.
      const isHeld = this.#holdUntilMs > clock.nowMs()
      if (this.#closing.signal.aborted && (attempt > 1 || isHeld)) return this.#giveUp(job, 'shutdown', true)
      const delayMs = await this.#attempt(job, uploadTimeoutMs, (outcome) =>
        judge(outcome, attempt, cycleMs - (clock.nowMs() - startedMs), cycleMs, random),
      )
      if (delayMs === undefined) return
      counters.retried++
      await clock.sleep(delayMs, this.#closing.signal)
    }
  }

  /** Returns how long to wait before another attempt; undefined when the job is settled. */
  async #attempt(
    job: Job,
    timeoutMs: number,
    decide: (outcome: Outcome) => ReturnType<typeof judge>,
  ): Promise<number | undefined> {
    const { counters, clock, onState } = this.parts
    const outcome = await this.parts.send(job.upload, timeoutMs, this.#abort.signal)
    const verdict = decide(outcome)
    if (verdict.action === 'retry') return verdict.delayMs
    if (verdict.action === 'done') {
      counters.sent++
      if (this.#failing) onState(undefined, outcome, job.upload)
      this.#failing = false
      job.settle(undefined)
      return undefined
    }
    this.#holdUntilMs = Math.max(this.#holdUntilMs, clock.nowMs() + verdict.holdMs)
    if (!this.#failing) onState(verdict.reason, outcome, job.upload)
    this.#failing = true
    this.#giveUp(job, verdict.reason, verdict.keep)
    return undefined
  }

  // One per upload that arrived: after an outage the intake sees twice the usual load, not everything at once.
  async #sendLeftover(): Promise<void> {
    const { spool, counters, uploadTimeoutMs } = this.parts
    const leftover = this.#closing.signal.aborted ? undefined : spool?.take()
    if (spool === undefined || leftover === undefined) return
    this.#inFlightBytes = leftover.body.length
    const outcome = await this.parts.send(leftover, uploadTimeoutMs, this.#abort.signal)
    const verdict = judge(outcome, 1, 0, this.parts.cycleMs, this.parts.random)
    if (verdict.action === 'done') counters.sent++
    if (verdict.action === 'give up' && !verdict.keep) counters.drop(verdict.reason)
    if (verdict.action === 'done' || (verdict.action === 'give up' && !verdict.keep)) spool.done(leftover)
  }

  #giveUp({ upload, settle }: Job, reason: DropReason, keep: boolean): void {
    const { spool, counters } = this.parts
    if (!keep || spool === undefined) counters.drop(reason)
    else if (spool.put(upload.body)) counters.spooled++
    settle(reason)
  }
}
