import type { CallGraph } from './call-graph'
import { nodeHeight, nodeWidth } from './graph-walk'

export interface GraphPlace {
  scale: number
  x: number
  y: number
}

/** Centres of the nodes, and how large all of it is. */
interface Placed {
  width: number
  height: number
  nodes: readonly { x: number; y: number }[]
}

/** Smaller than this its texts cannot be read. */
const minScale = 0.8

/**
 * All of a graph, or where it is too large to be read so, where reading it starts: `asked` in the middle, else the heaviest that nothing
 * calls at the top, with as much weight beside it as the width can hold.
 */
export function startOf(
  { nodes, edges }: Pick<CallGraph, 'nodes' | 'edges'>,
  placed: Placed,
  size: { width: number; height: number },
  asked: number,
): GraphPlace {
  const scale = Math.max(Math.min(1, size.width / placed.width, size.height / placed.height), minScale)
  const [width, height] = [size.width / scale, size.height / scale]
  const called = new Set(edges.map(({ to }) => to))
  const root = Math.max(
    0,
    nodes.findIndex((_, node) => !called.has(node)),
  )
  const start = placed.nodes[asked >= 0 ? asked : root] ?? { x: 0, y: 0 }
  const within = (left: number, of: number, all: number) =>
    all <= of ? (all - of) / 2 : Math.min(all - of, Math.max(0, left))
  const top = within(start.y - (asked >= 0 ? height / 2 : nodeHeight), height, placed.height)
  return { scale, x: -within(leftEdge(), width, placed.width) * scale, y: -top * scale }

  function leftEdge(): number {
    if (asked >= 0) return start.x - width / 2
    const inRows = placed.nodes.flatMap(({ x, y }, node) =>
      y >= top && y <= top + height ? [{ x, total: nodes[node]?.total ?? 0 }] : [],
    )
    const weightFrom = (left: number) =>
      inRows.reduce((sum, { x, total }) => sum + (x > left && x < left + width ? total : 0), 0)
    // With the start whole, wherever that is in the width.
    const lefts = inRows
      .map(({ x }) => x - nodeWidth)
      .filter((left) => start.x - nodeWidth / 2 >= left && start.x + nodeWidth / 2 <= left + width)
    return lefts.reduce(
      (best, left) => (weightFrom(left) > weightFrom(best) ? left : best),
      start.x - width / 2,
    )
  }
}
