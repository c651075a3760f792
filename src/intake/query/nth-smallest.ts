/**
 * The value that would stand at `n` if `values` were sorted; reorders them. Many times faster than sorting them (Hoare, "Algorithm 65:
 * Find", 1961). Pivots are drawn: the values come from strangers, who must not know which order is the slow one.
 */
export function nthSmallest(values: Float64Array, n: number): number {
  let [from, to] = [0, values.length - 1]
  while (from < to) {
    const pivot = values[from + Math.floor(Math.random() * (to - from + 1))] as number
    let [low, high] = [from, to]
    while (low <= high) {
      while ((values[low] as number) < pivot) low++
      while ((values[high] as number) > pivot) high--
      if (low > high) break
      const swapped = values[low] as number
      values[low++] = values[high] as number
      values[high--] = swapped
    }
    if (n <= high) to = high
    else if (n >= low) from = low
    else break
  }
  return values[n] as number
}
