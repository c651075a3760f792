import type { Layout } from './layout'

/** What part of a layout is shown, and on how many pixels. */
export interface Span {
  from: number
  to: number
  pixels: number
  /** Runs of small boxes are no wider than this; as wide as they come where absent. */
  runPixels?: number
}

/** Told of a box, or of a run of boxes too small to be told apart: `last` is then above `first`. Pixels are fractions. */
export type Visit = (x0: number, x1: number, first: number, last: number) => void

/** Boxes narrower than this are merged with their neighbours. */
export const minPixels = 1

/** Visits what one level shows from left to right: at most one visit per pixel, however many boxes there are. */
export function visitLevel(
  layout: Layout,
  level: number,
  { from, to, pixels, runPixels = Number.POSITIVE_INFINITY }: Span,
  visit: Visit,
): void {
  const { left, right } = layout
  const end = layout.levelStart[level + 1] as number
  const scale = pixels / (to - from)
  let at = firstAfter(right, from, layout.levelStart[level] as number, end)
  while (at < end && (left[at] as number) < to) {
    const x0 = ((left[at] as number) - from) * scale
    let x1 = ((right[at] as number) - from) * scale
    if (x1 - x0 >= minPixels) {
      visit(x0, x1, at, at)
      at++
      continue
    }
    const first = at
    for (;;) {
      // All that end before the next pixel are part of the run, unseen.
      const next = firstAfter(right, from + (Math.floor(x1) + 1) / scale, at + 1, end)
      x1 = ((right[next - 1] as number) - from) * scale
      at = next
      if (at >= end || x1 - x0 >= runPixels) break
      const start = ((left[at] as number) - from) * scale
      const stop = ((right[at] as number) - from) * scale
      if (start >= x1 + minPixels || stop - start >= minPixels || start >= pixels) break
      x1 = stop
    }
    visit(x0, Math.max(x1, x0), first, at - 1)
  }
}

/** The box or run at a pixel; undefined where there is none. */
export function boxAt(
  layout: Layout,
  level: number,
  span: Span,
  x: number,
): { first: number; last: number } | undefined {
  if (level < 0 || level >= layout.levels) return undefined
  let found: { first: number; last: number } | undefined
  visitLevel(layout, level, span, (x0, x1, first, last) => {
    // A run is drawn one pixel wide at least.
    if (x >= x0 && x < Math.max(x1, x0 + 1)) found ??= { first, last }
  })
  return found
}

/** First index in [low, high) whose edge is above `value`, `high` where none is. Edges do not fall. */
export function firstAfter(edges: Float64Array, value: number, low: number, high: number): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((edges[middle] as number) > value) to = middle
    else from = middle + 1
  }
  return from
}
