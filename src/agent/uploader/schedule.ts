/** A number from 0 up to 1, as Math.random. */
export type Random = () => number

const firstMs = 10_000

/**
 * Milliseconds from one interval's end to the next. The first upload comes after about 10 s, or a period where that is shorter. The
 * second period has any length from half to one and a half, so that replicas started together do not upload together; the later ones
 * differ by 5 % either way, so that they do not meet again.
 * @param finished intervals that have ended so far
 */
export function nextIntervalMs(finished: number, periodMs: number, random: Random): number {
  if (finished === 0) return Math.min(firstMs, periodMs) * (0.8 + 0.4 * random())
  if (finished === 1) return periodMs * (0.5 + random())
  return periodMs * (0.95 + 0.1 * random())
}
