/** What of a span its place among others depends on. */
interface Placeable {
  spanId: string
  parentId: string
  startMs: number
}

export interface PlacedSpan<T extends Placeable = import('../../pprof/answers').SpanInfo> {
  span: T
  depth: number
}

/**
 * Spans in the order of a waterfall: each below its parent, siblings by start. A span whose parent is not there stands at the top, and so
 * does the first of a ring of parents: ids come from strangers.
 */
export function placeSpans<T extends Placeable>(spans: readonly T[]): PlacedSpan<T>[] {
  const byStart = [...spans].sort((a, b) => a.startMs - b.startMs)
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const children = new Map<string, T[]>()
  for (const span of byStart) children.set(span.parentId, [...(children.get(span.parentId) ?? []), span])
  const placed: PlacedSpan<T>[] = []
  const seen = new Set<T>()
  const isTop = ({ spanId, parentId }: T) => !ids.has(parentId) || parentId === spanId
  for (const root of [...byStart.filter(isTop), ...byStart]) {
    const open = [{ span: root, depth: 0 }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next.span)) continue
      seen.add(next.span)
      placed.push(next)
      const below = children.get(next.span.spanId) ?? []
      for (let at = below.length - 1; at >= 0; at--)
        open.push({ span: below[at] as T, depth: next.depth + 1 })
    }
  }
  return placed
}
