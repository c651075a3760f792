import type { Comparison, FlameGraph } from '../../pprof/answers'
import { weighSides } from '../flame/diff'
import { type CallTree, rootFrame, totalsOf } from '../flame/tree'

export function treeOf({ nodes, frames }: Pick<FlameGraph, 'nodes' | 'frames'>): CallTree {
  return {
    parent: Int32Array.from(nodes.parent),
    frame: Int32Array.from(nodes.frame),
    self: Float64Array.from(nodes.self),
    total: Float64Array.from(nodes.total),
    frames,
  }
}

/** `asShares`: each side in parts of its own total, so that more traffic alone is no change. */
export function comparedTree({ nodes, frames, aTotal, bTotal }: Comparison, asShares: boolean): CallTree {
  const parent = Int32Array.from(nodes.parent)
  const side = (self: number[], whole: number) =>
    Float64Array.from(self, (value) => (asShares ? (whole === 0 ? 0 : value / whole) : value))
  const widths = weighSides(parent, side(nodes.aSelf, aTotal), side(nodes.bSelf, bTotal))
  return { parent, frame: Int32Array.from(nodes.frame), frames, ...widths }
}

/** The tree below one node for each group, the largest group first; what is in none of them is the root's own. */
export function splitTree({ nodes, frames, groups }: FlameGraph): CallTree {
  const parent = [-1]
  const frame = [rootFrame]
  const self = [0]
  const all = [...frames]
  for (const { by, totals } of groups) {
    const name = by.map((value) => value || '(none)').join(', ')
    const id = all.push({ name, file: '', line: 0, origin: 'runtime' }) - 1
    const into = new Int32Array(totals.length)
    totals.forEach((total, node) => {
      if (total <= 0) return
      const above = nodes.parent[node] as number
      into[node] = parent.push(node === 0 ? 0 : (into[above] as number)) - 1
      frame.push(node === 0 ? id : (nodes.frame[node] as number))
      self.push(total)
      if (node > 0) self[into[above] as number] = (self[into[above] as number] as number) - total
    })
  }
  const whole = nodes.total[0] ?? 0
  self[0] = Math.max(0, whole - groups.reduce((sum, { total }) => sum + total, 0))
  const parents = Int32Array.from(parent)
  // Differences of sums: what is left of nothing must not be below nothing.
  const selves = Float64Array.from(self, (value) => (value > whole * 1e-9 ? value : 0))
  return {
    parent: parents,
    frame: Int32Array.from(frame),
    self: selves,
    total: totalsOf(parents, selves),
    frames: all,
  }
}

/** One side of a comparison alone, as wide as it weighs there. */
export function sideTree(tree: CallTree, side: 'a' | 'b'): CallTree {
  const { parent, frame, frames, sides } = tree
  if (!sides) return tree
  const totals = side === 'a' ? sides.aTotal : sides.bTotal
  const into = new Int32Array(parent.length)
  const kept: number[] = []
  for (let node = 0; node < parent.length; node++)
    if (node === 0 || (totals[node] as number) > 0) into[node] = kept.push(node) - 1
  const column = (values: Float64Array) => Float64Array.from(kept, (node) => values[node] as number)
  return {
    parent: Int32Array.from(kept, (node) => (node === 0 ? -1 : (into[parent[node] as number] as number))),
    frame: Int32Array.from(kept, (node) => frame[node] as number),
    self: column(side === 'a' ? sides.aSelf : sides.bSelf),
    total: column(totals),
    frames,
    sides: {
      ...{ aSelf: column(sides.aSelf), aTotal: column(sides.aTotal) },
      ...{ bSelf: column(sides.bSelf), bTotal: column(sides.bTotal) },
    },
  }
}
