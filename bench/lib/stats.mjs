/** Nearest-rank percentile, `share` in 0..1. `undefined` of nothing. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

export const median = (values) => percentile(values, 0.5)

/**
 * Runs `measure(name, round)` for every variant in every round, one at a time, each round in the other order,
 * so that a machine that slows down does so for all. Resolves with the results by variant.
 */
export async function alternate(names, rounds, measure) {
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      results[name].push(await measure(name, round))
  }
  return results
}

/** Median over rounds of one field of the results. */
export const medianOf = (results, field) =>
  median(results.map((result) => result[field]).filter((value) => value !== undefined))

/**
 * The median of `values` and the 95 % interval of it by the order of the values themselves: exact whatever their distribution is
 * (the binomial interval of a median; with fewer than 6 values it is the whole range).
 */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const below = Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2))
  return { median: median(sorted), from: sorted[below], to: sorted[n - 1 - below] }
}
