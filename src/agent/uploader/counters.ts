import type { DropReason } from './retry'

/**
 * What became of the uploads, since the process started. Totals, not differences: an upload that is lost takes no report with it.
 */
export class Counters {
  retried = 0
  readonly #dropped = new Map<DropReason, number>()
  readonly #totals: Int32Array

  /** @param totals sent, spooled and dropped are written here too: the application's thread may read them at any time */
  constructor(totals: Int32Array = new Int32Array(3)) {
    this.#totals = totals
  }

  get sent(): number {
    return this.#totals[0] as number
  }

  set sent(count: number) {
    this.#totals[0] = count
  }

  get spooled(): number {
    return this.#totals[1] as number
  }

  set spooled(count: number) {
    this.#totals[1] = count
  }

  drop(reason: DropReason): void {
    this.#totals[2] = (this.#totals[2] as number) + 1
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1)
  }

  /** `info.profiler.uploads` of event.json. */
  report(): { sent: number; retried: number; spooled: number; dropped: Partial<Record<DropReason, number>> } {
    const { sent, retried, spooled } = this
    return { sent, retried, spooled, dropped: Object.fromEntries(this.#dropped) }
  }
}
