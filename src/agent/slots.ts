import type { Labels } from './labels'
import { maxEndpoints, otherEndpoints, type Resolvers } from './resolvers'

/** Distinct custom label sets of one interval; samples of further sets go without them, counted. */
export const maxCustomSets = 4096

/** Slots for endpoints in one interval: more than it has samples. */
export const maxEndpointSlots = 65_535

/** Endpoint names by slot, alternating: `[slot, name, slot, name, ...]`. */
export type EndpointNames = (number | string)[]

/**
 * The endpoints of one interval. A request that still runs has a slot of its own, which is named when the request
 * ends; a request that has ended shares the slot of its name, and its spans are not held.
 */
export class EndpointSlots {
  readonly #resolvers: Resolvers
  readonly #named = new Map<string, number>()
  readonly #running = new Map<object, number>()
  #slots = 0
  #fresh: EndpointNames = []

  constructor(resolvers: Resolvers) {
    this.#resolvers = resolvers
  }

  /** @returns a slot, 0 where the request has no endpoint */
  slotOf(root: object): number {
    const running = this.#running.get(root)
    if (running !== undefined) return running
    if (this.#resolvers.settled(root)) {
      const endpoint = this.#resolvers.endpointOf(root)
      return endpoint === undefined ? 0 : this.#slotNamed(endpoint)
    }
    if (this.#slots >= maxEndpointSlots) return 0
    this.#running.set(root, ++this.#slots)
    return this.#slots
  }

  /** The names that became known since the last call. */
  take(): EndpointNames {
    for (const [root, slot] of this.#running) {
      if (!this.#resolvers.settled(root)) continue
      this.#running.delete(root)
      this.#name(slot, this.#resolvers.endpointOf(root))
    }
    const names = this.#fresh
    this.#fresh = []
    return names
  }

  /** Names what is known of the requests that still run, and starts the next interval. */
  close(): EndpointNames {
    for (const [root, slot] of this.#running) this.#name(slot, this.#resolvers.endpointOf(root))
    const names = this.#fresh
    this.#fresh = []
    this.#running.clear()
    this.#named.clear()
    this.#slots = 0
    return names
  }

  #name(slot: number, endpoint: string | undefined): void {
    if (endpoint === undefined) return
    const name = this.#bounded(endpoint)
    if (!this.#named.has(name)) this.#named.set(name, slot)
    this.#fresh.push(slot, name)
  }

  #slotNamed(endpoint: string): number {
    const name = this.#bounded(endpoint)
    const known = this.#named.get(name)
    if (known !== undefined) return known
    if (this.#slots >= maxEndpointSlots) return 0
    this.#name(++this.#slots, name)
    return this.#slots
  }

  #bounded(endpoint: string): string {
    return this.#named.has(endpoint) || this.#named.size < maxEndpoints ? endpoint : otherEndpoints
  }
}

/** The custom label sets of one interval, by content. */
export class CustomSlots {
  readonly #slots = new Map<string, number>()
  #fresh: (string | number)[][] = []
  dropped = 0

  /** @returns a slot, 0 where there is no room for one more set */
  slotOf(labels: Labels): number {
    const flat = Object.entries(labels).flat()
    const content = JSON.stringify(flat)
    let slot = this.#slots.get(content)
    if (slot !== undefined) return slot
    if (this.#slots.size >= maxCustomSets) {
      this.dropped++
      return 0
    }
    slot = this.#slots.size + 1
    this.#slots.set(content, slot)
    this.#fresh.push(flat)
    return slot
  }

  /** The sets added since the last call, in the order of their slots: `[key, value, key, value, ...]`. */
  take(): (string | number)[][] {
    const sets = this.#fresh
    this.#fresh = []
    return sets
  }

  /** Starts the next interval. */
  close(): void {
    this.#slots.clear()
    this.#fresh = []
  }
}
