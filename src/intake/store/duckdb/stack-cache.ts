import type { Database } from './database'
import { listSql } from './selection'

const maxFrames = 8 * 1024 * 1024

/** Stacks that were read once, in memory: joining them in each query costs more than the sums. */
export class StackCache {
  #stacks = new Map<number, Uint32Array>()
  #frames = 0

  /** Frames of each stack, in the order of `ids`. */
  async read(database: Database, ids: readonly number[]): Promise<Uint32Array[]> {
    const missing = ids.filter((id) => !this.#stacks.has(id))
    if (missing.length > 0) {
      if (this.#frames > maxFrames) this.#forget()
      const wanted = missing.length === 0 || this.#stacks.size === 0 ? ids : missing
      const rows = await database.read(
        `SELECT k.id, k.frames FROM stacks k JOIN (SELECT unnest(${listSql(Uint32Array.from(wanted))}) AS id) AS w ON w.id = k.id`,
      )
      const found = rows.integers(0)
      rows.lists(1, (row, frames) => {
        this.#stacks.set(found[row] as number, frames.slice())
        this.#frames += frames.length
      })
    }
    return ids.map((id) => this.#stacks.get(id) ?? new Uint32Array(0))
  }

  #forget(): void {
    this.#stacks = new Map()
    this.#frames = 0
  }
}
