/** How many series the columns take in a day; what is beyond is summed up, so that no client can fill the memory with names. */
export interface SeriesCaps {
  /** New series of one service and day. */
  seriesPerService: number
  /** Services of one day. */
  servicesPerDay: number
}

/** The value of a tag beyond the caps, and the name of endpoints beyond theirs. */
export const other = '(other)'

/** Counts new series. */
export class SeriesGate {
  readonly #series = new Map<string, number>()
  readonly #services = new Map<number, number>()

  constructor(private readonly caps: SeriesCaps) {}

  /** @returns whether a new series is taken as it is; counts it then */
  admit(service: string, hour: number): boolean {
    const key = this.#key(service, hour)
    const series = this.#series.get(key)
    if (series === undefined && (this.#services.get(dayOf(hour)) ?? 0) >= this.caps.servicesPerDay)
      return false
    if ((series ?? 0) >= this.caps.seriesPerService) return false
    this.count(service, hour)
    return true
  }

  /** One that is there already. */
  count(service: string, hour: number): void {
    const key = this.#key(service, hour)
    const series = this.#series.get(key) ?? 0
    if (series === 0) this.#services.set(dayOf(hour), (this.#services.get(dayOf(hour)) ?? 0) + 1)
    this.#series.set(key, series + 1)
  }

  /** The tags under which what is not taken is summed up: the service where there is place for it, and nothing else of its own. */
  otherTags(service: string, hour: number): Map<string, string> {
    const isKnown = this.#series.has(this.#key(service, hour))
    return new Map([['service', isKnown ? service : other], ...others])
  }

  #key(service: string, hour: number): string {
    return `${dayOf(hour)} ${service}`
  }
}

const others = ['env', 'version', 'host', 'runtime-id'].map((key): [string, string] => [key, other])
const dayOf = (hour: number) => Math.floor(hour / 24)
