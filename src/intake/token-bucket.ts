/** Lets through `perSecond` units a second, and twice as many at once. */
export class TokenBucket {
  readonly #perSecond: number
  #tokens: number
  #atMs = performance.now()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#tokens = 2 * perSecond
  }

  /** False where there is no room for `units`; nothing is taken then. */
  take(units: number): boolean {
    const nowMs = performance.now()
    const refilled = this.#tokens + ((nowMs - this.#atMs) / 1_000) * this.#perSecond
    this.#tokens = Math.min(2 * this.#perSecond, refilled)
    this.#atMs = nowMs
    if (units > this.#tokens) return false
    this.#tokens -= units
    return true
  }
}
