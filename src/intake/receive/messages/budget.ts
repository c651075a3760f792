import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'

/** What one body may still become: a few bytes can be many values, and each takes far more memory than they. */
export class Budget {
  readonly #limits: Pick<LimitValues, 'bodyDepth' | 'bodyValues'>
  #values = 0

  constructor(limits: Pick<LimitValues, 'bodyDepth' | 'bodyValues'>) {
    this.#limits = limits
  }

  /** Counts one message, list or scalar of a list. Throws CodedError body_too_complex. */
  value(): void {
    const limit = this.#limits.bodyValues
    if (++this.#values > limit) throw new CodedError('body_too_complex', { actual: this.#values, limit })
  }

  /** Throws CodedError body_too_deep. */
  depth(depth: number): void {
    const limit = this.#limits.bodyDepth
    if (depth > limit) throw new CodedError('body_too_deep', { actual: depth, limit })
  }
}
