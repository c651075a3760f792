export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Nearest-rank percentile, `share` in 0..1. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** The middle value, or halfway between the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/**
 * Runs `measure(name, round)` for every variant in every round, one at a time, each round in the other order,
 * so that a machine that slows down does so for all. Resolves with the results by variant.
 */
export async function alternate<T>(
  names: readonly string[],
  rounds: number,
  measure: (name: string, round: number) => Promise<T>,
): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      results[name]?.push(await measure(name, round))
  }
  return results
}

/** Of fewer rounds only the median is told. */
export const leastRoundsOfInterval = 3

/**
 * The median of `values` and the 95 % interval of it by the order of the values themselves: exact whatever their distribution is
 * (the binomial interval of a median; with fewer than 6 values it is the whole range).
 */
export function medianInterval(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const below = Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2))
  return { median: median(sorted), from: sorted[below] as number, to: sorted[n - 1 - below] as number }
}

/**
 * How likely it is by chance alone that `larger` is as much larger than `smaller` as it is, or more: one-sided Mann-Whitney U test (Mann and
 * Whitney 1947), by counting every way to divide the values, so exact for the few rounds of a benchmark.
 */
export function mannWhitney(larger: readonly number[], smaller: readonly number[]): number {
  const all = [...larger, ...smaller]
  const u = (chosen: readonly number[]) => {
    const rest = all.filter((_, i) => !chosen.includes(i))
    const wins = (value: number) => rest.filter((other) => value > other).length
    const draws = (value: number) => rest.filter((other) => value === other).length
    return chosen.map((i) => all[i] as number).reduce((sum, value) => sum + wins(value) + draws(value) / 2, 0)
  }
  const seen = u(larger.map((_, i) => i))
  let asLarge = 0
  let ways = 0
  const choose = (from: number, chosen: readonly number[]) => {
    if (chosen.length === larger.length) {
      ways++
      if (u(chosen) >= seen) asLarge++
      return
    }
    for (let i = from; i < all.length; i++) choose(i + 1, [...chosen, i])
  }
  choose(0, [])
  return asLarge / ways
}
