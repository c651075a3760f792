import type { Comparison, FlameGraph } from '../../pprof/answers'
import { weighSides } from '../flame/diff'
import type { CallTree } from '../flame/tree'

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
