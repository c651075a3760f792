/** Endpoints beyond the limit are counted under this name. */
export const otherEndpoints = '(other endpoints)'

/** Distinct endpoints of one interval; a route table is far smaller, raw URLs are not. */
export const maxEndpoints = 1000

/** Longest endpoint name kept, in UTF-16 units. */
export const maxEndpointChars = 256

/** Finished requests per endpoint in the current interval. */
export class EndpointCounts {
  #counts = new Map<string, number>()

  add(endpoint: string): void {
    let name = endpointName(endpoint)
    let count = this.#counts.get(name)
    if (count === undefined && this.#counts.size >= maxEndpoints) {
      name = otherEndpoints
      count = this.#counts.get(name)
    }
    this.#counts.set(name, (count ?? 0) + 1)
  }

  /** The counts since the last call. */
  take(): Record<string, number> {
    const counts = Object.fromEntries(this.#counts)
    this.#counts = new Map()
    return counts
  }
}

/** The endpoint as it is written: cut at the limit. */
export function endpointName(endpoint: string): string {
  return endpoint.length > maxEndpointChars ? endpoint.slice(0, maxEndpointChars) : endpoint
}
