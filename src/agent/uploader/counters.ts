import type { DropReason } from './retry'

/**
 * What became of the uploads, since the process started. Totals, not differences: an upload that is lost takes no report with it.
 */
export class Counters {
  sent = 0
  retried = 0
  spooled = 0
  readonly #dropped = new Map<DropReason, number>()

  drop(reason: DropReason): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1)
  }

  /** `info.profiler.uploads` of event.json. */
  report(): { sent: number; retried: number; spooled: number; dropped: Partial<Record<DropReason, number>> } {
    const { sent, retried, spooled } = this
    return { sent, retried, spooled, dropped: Object.fromEntries(this.#dropped) }
  }
}
