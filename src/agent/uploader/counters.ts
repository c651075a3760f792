/** Why an upload did not arrive; the keys of `info.profiler.uploads.dropped` in event.json. */
const dropReasons = [
  'network',
  'timeout',
  'server_error',
  'rate_limited',
  'refused',
  'too_large',
  'displaced',
  'shutdown',
  'spool_full',
  'spool_expired',
  'spool_damaged',
  'spool_failed',
  'file_failed',
  'collect_failed',
  'uploader_lost',
] as const
export type DropReason = (typeof dropReasons)[number]

const outcomes = 3

/**
 * What became of the uploads, since the process started. Totals, not differences: an upload that is lost takes no report with it. In shared
 * memory: the application's thread may read them at any time, and a thread that uploads goes on where a lost one has ended.
 */
export class Counters {
  readonly shared: SharedArrayBuffer
  readonly #outcomes: Int32Array
  readonly #dropped: Int32Array

  /** @param shared of another thread's Counters */
  constructor(
    shared = new SharedArrayBuffer((outcomes + dropReasons.length) * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.shared = shared
    this.#outcomes = new Int32Array(shared, 0, outcomes)
    this.#dropped = new Int32Array(shared, outcomes * Int32Array.BYTES_PER_ELEMENT)
  }

  get sent(): number {
    return this.#outcomes[0] as number
  }

  set sent(count: number) {
    this.#outcomes[0] = count
  }

  get retried(): number {
    return this.#outcomes[1] as number
  }

  set retried(count: number) {
    this.#outcomes[1] = count
  }

  get spooled(): number {
    return this.#outcomes[2] as number
  }

  set spooled(count: number) {
    this.#outcomes[2] = count
  }

  get dropped(): number {
    return this.#dropped.reduce((sum, count) => sum + count)
  }

  drop(reason: DropReason): void {
    const index = dropReasons.indexOf(reason)
    this.#dropped[index] = (this.#dropped[index] as number) + 1
  }

  /** `info.profiler.uploads` of event.json. */
  report(): { sent: number; retried: number; spooled: number; dropped: Partial<Record<DropReason, number>> } {
    const { sent, retried, spooled } = this
    const counted = dropReasons.map((reason, index) => [reason, this.#dropped[index]] as const)
    const dropped = Object.fromEntries(counted.filter(([, count]) => count !== 0))
    return { sent, retried, spooled, dropped }
  }
}
