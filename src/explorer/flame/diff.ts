import { type CallTree, type Sides, totalsOf } from './tree'

/** Widths of a compared tree: of what a node weighs itself the larger side, and sums of these upwards. */
export function weighSides(
  parent: Int32Array,
  aSelf: Float64Array,
  bSelf: Float64Array,
): Pick<CallTree, 'self' | 'total'> & { sides: Sides } {
  const self = aSelf.map((a, node) => Math.max(a, bSelf[node] as number, 0))
  const sides = { aSelf, bSelf, aTotal: totalsOf(parent, aSelf), bTotal: totalsOf(parent, bSelf) }
  return { self, total: totalsOf(parent, self), sides }
}

/** From -1 (gone in b) over 0 (equal) to 1 (new in b), by what both sides weigh with all below. */
export function changeOf({ aTotal, bTotal }: Sides, node: number): number {
  const [a, b] = [aTotal[node] as number, bTotal[node] as number]
  const larger = Math.max(Math.abs(a), Math.abs(b))
  return larger === 0 ? 0 : (b - a) / larger
}
