/** How much `values` grow from one to the next: the median of the slopes between all pairs (Theil and Sen), and the lower 95 % bound of it. */
export function slopeOf(values: readonly number[]): { slope: number; lower: number } {
  const n = values.length
  const slopes: number[] = []
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) slopes.push(((values[j] as number) - (values[i] as number)) / (j - i))
  slopes.sort((a, b) => a - b)
  // By the normal approximation of Kendall's statistic (Sen 1968).
  const spread = 1.645 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const at = (index: number) => slopes[Math.max(0, Math.floor(index))] as number
  return { slope: at(slopes.length / 2), lower: at((slopes.length - spread) / 2) }
}

/** Medians of `count` blocks: neighbouring points of one process are not independent. */
export function blockMedians(values: readonly number[], count: number): number[] {
  const size = Math.floor(values.length / count)
  return Array.from({ length: count }, (_, block) => {
    const sorted = values.slice(block * size, (block + 1) * size).sort((a, b) => a - b)
    return sorted[size >> 1] as number
  })
}
