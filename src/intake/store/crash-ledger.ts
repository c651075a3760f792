/** What the store's process was about to bring into the columns. */
export interface Attempt {
  segment: string
  /** Where its first record begins. */
  offset: number
  /** It holds that record alone. */
  isOne: boolean
}

/** How the next process goes about the log. */
export interface Caution {
  /** Record by record, so that a crash tells which one it was. */
  oneByOne: boolean
  /** Records to leave out, as `segment@offset`; raw they stay in their segment. */
  skip: string[]
}

/**
 * Finds the record that brings down the process each time. After a crash records are read one by one; one that is at hand in two
 * crashes is left out from then on, so that all the others come through.
 */
export class CrashLedger {
  readonly #crashes = new Map<string, number>()
  readonly #skip = new Set<string>()
  #attempt: Attempt | undefined

  attempt(attempt: Attempt | undefined): void {
    this.#attempt = attempt
  }

  /** The process ended by itself. @returns the record that is left out from now on, if it is a new one */
  crashed(): string | undefined {
    const attempt = this.#attempt
    this.#attempt = undefined
    if (attempt === undefined) return undefined
    const key = `${attempt.segment}@${attempt.offset}`
    const crashes = (this.#crashes.get(key) ?? 0) + (attempt.isOne ? 1 : 0)
    this.#crashes.set(key, crashes)
    if (crashes < 2) return undefined
    this.#skip.add(key)
    return key
  }

  caution(): Caution {
    return { oneByOne: this.#crashes.size > 0, skip: [...this.#skip] }
  }
}
