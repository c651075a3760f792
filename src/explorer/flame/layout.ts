import type { CallTree } from './tree'

/** Part of the width that is shown, 0 to 1. */
export interface Window {
  from: number
  to: number
}

/** Boxes ordered by level and, within one, from left to right. Edges are in the unit of the tree's values. */
export interface Layout {
  levels: number
  /** Where each level starts in the columns below; one more entry than there are levels. */
  levelStart: Uint32Array
  node: Uint32Array
  left: Float64Array
  right: Float64Array
  /** By node. */
  level: Uint32Array
  place: Uint32Array
  /** Width of everything. */
  width: number
}

/** Places every node, by its row where the tree has rows. Else siblings stand in the order of their numbers, and what a parent weighs itself is to their right. */
export function layOut({ parent, total, rows }: Pick<CallTree, 'parent' | 'total' | 'rows'>): Layout {
  const count = parent.length
  const level = new Uint32Array(count)
  const leftOf = new Float64Array(count)
  const next = new Float64Array(count)
  let levels = count === 0 ? 0 : 1
  for (let node = 1; node < count; node++) {
    const above = parent[node] as number
    const own = rows ? (rows.level[node] as number) : (level[above] as number) + 1
    level[node] = own
    if (own >= levels) levels = own + 1
    leftOf[node] = rows ? (rows.left[node] as number) : (next[above] as number)
    next[node] = leftOf[node] as number
    next[above] = (next[above] as number) + (total[node] as number)
  }
  const levelStart = new Uint32Array(levels + 1)
  for (let node = 0; node < count; node++) {
    const after = (level[node] as number) + 1
    levelStart[after] = (levelStart[after] as number) + 1
  }
  for (let at = 1; at <= levels; at++)
    levelStart[at] = (levelStart[at] as number) + (levelStart[at - 1] as number)
  const fill = levelStart.slice()
  const ordered = new Uint32Array(count)
  for (let node = 0; node < count; node++) {
    const own = level[node] as number
    const at = fill[own] as number
    ordered[at] = node
    fill[own] = at + 1
  }
  for (let at = 0; at < levels; at++) sortLevel(ordered.subarray(levelStart[at], levelStart[at + 1]), leftOf)
  const place = new Uint32Array(count)
  const left = new Float64Array(count)
  const right = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const node = ordered[at] as number
    place[node] = at
    left[at] = leftOf[node] as number
    right[at] = (leftOf[node] as number) + (total[node] as number)
  }
  return { levels, levelStart, node: ordered, left, right, level, place, width: total[0] ?? 0 }
}

/** The part of the width that a box has; all of it where nothing has a width. */
export function windowOf({ place, left, right, width }: Layout, node: number): Window {
  if (width === 0) return { from: 0, to: 1 }
  const at = place[node] as number
  return { from: (left[at] as number) / width, to: (right[at] as number) / width }
}

/** Trees in pre-order or by levels are in order already. */
function sortLevel(nodes: Uint32Array, leftOf: Float64Array): void {
  for (let at = 1; at < nodes.length; at++) {
    if ((leftOf[nodes[at - 1] as number] as number) > (leftOf[nodes[at] as number] as number)) {
      nodes.sort((a, b) => (leftOf[a] as number) - (leftOf[b] as number) || a - b)
      return
    }
  }
}
