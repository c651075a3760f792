import type { CodedError, ErrorCode } from '../pprof/errors'
import type { CounterName } from './counter-names'
import { Losses } from './losses'

/** What the intake did since it started. The set of names is fixed: no client can add one. */
export class Counters {
  readonly losses = new Losses()
  readonly #counts = new Map<string, number>()

  add(name: CounterName, amount = 1): void {
    this.#counts.set(name, this.get(name) + amount)
    this.losses.counted(name, amount)
  }

  /** An answer with a code; `isUpload`: to what would else have been stored. */
  refused(error: CodedError, isUpload: boolean): void {
    this.add(`refused.${error.code}`)
    if (isUpload) this.losses.refused(error)
  }

  /** A part of what was else taken. */
  rejected(code: ErrorCode, message: string, items: number): void {
    this.add(`rejected.${code}`, items)
    this.losses.rejected(code, message, items)
  }

  get(name: CounterName): number {
    return this.#counts.get(name) ?? 0
  }

  /** Name to count, in the order of the alphabet. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
