import { repeatedNodes } from './repeated'
import type { CallTree } from './tree'

/** Functions as nodes, calls as edges; both by what they weigh, and where one is below itself it counts once. */
export interface CallGraph {
  nodes: { frame: number; self: number; total: number }[]
  /** By numbers of `nodes`. */
  edges: { from: number; to: number; total: number }[]
  /** Functions that are left out. */
  cut: number
}

export const maxGraphNodes = 80
const edgesPerNode = 2

/** The functions that weigh most, with the heaviest calls between them. With `focus` only stacks that run through such a function count. */
export function callGraphOf(tree: CallTree, focus?: (frame: number) => boolean): CallGraph {
  const { parent, frame, frames } = tree
  const count = parent.length
  const weight = focus ? through(tree, focus) : tree.total
  const self = new Float64Array(frames.length)
  const total = new Float64Array(frames.length)
  const isRepeated = repeatedNodes(tree, frame, frames.length)
  const edgeIds = new Map<number, number>()
  const edgeOf = new Int32Array(count).fill(-1)
  for (let node = 1; node < count; node++) {
    const [caller, callee] = [frame[parent[node] as number] as number, frame[node] as number]
    if (callee < 0) continue
    if (isRepeated[node] === 0) total[callee] = (total[callee] as number) + (weight[node] as number)
    if (!focus || isInside(node)) self[callee] = (self[callee] as number) + (tree.self[node] as number)
    if (caller < 0 || caller === callee) continue
    const key = caller * 2 ** 26 + callee
    edgeOf[node] = edgeIds.get(key) ?? edgeIds.size
    edgeIds.set(key, edgeOf[node] as number)
  }
  const ofEdge = new Float64Array(edgeIds.size)
  const isRepeatedEdge = repeatedNodes(tree, edgeOf, edgeIds.size)
  for (let node = 1; node < count; node++) {
    const edge = edgeOf[node] as number
    if (edge >= 0 && isRepeatedEdge[node] === 0)
      ofEdge[edge] = (ofEdge[edge] as number) + (weight[node] as number)
  }
  const order = [...total.keys()].filter((id) => (total[id] as number) > 0)
  order.sort((a, b) => (total[b] as number) - (total[a] as number))
  const kept = order.slice(0, maxGraphNodes)
  const place = new Map(kept.map((id, i) => [id, i]))
  const edges = [...edgeIds].flatMap(([key, edge]) => {
    const [from, to] = [place.get(Math.floor(key / 2 ** 26)), place.get(key % 2 ** 26)]
    const weighs = ofEdge[edge] as number
    return from === undefined || to === undefined || weighs <= 0 ? [] : [{ from, to, total: weighs }]
  })
  return {
    nodes: kept.map((id) => ({ frame: id, self: self[id] as number, total: total[id] as number })),
    edges: heaviest(edges, kept.length),
    cut: order.length - kept.length,
  }

  /** Inside a focused function all of a node counts. */
  function isInside(node: number): boolean {
    return weight[node] === tree.total[node] && (weight[node] as number) > 0
  }
}

/** Of each node what runs through such a function: all of it below one, above it only that part. */
function through({ parent, frame, total }: CallTree, isFocus: (frame: number) => boolean): Float64Array {
  const weight = new Float64Array(parent.length)
  const inside = new Uint8Array(parent.length)
  const starts: number[] = []
  for (let node = 1; node < parent.length; node++) {
    const wasInside = inside[parent[node] as number] === 1
    if (!wasInside && !isFocus(frame[node] as number)) continue
    inside[node] = 1
    weight[node] = total[node] as number
    if (!wasInside) starts.push(node)
  }
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] as number
    if (inside[above] === 0) weight[above] = (weight[above] as number) + (weight[node] as number)
  }
  return weight
}

/** Of each node the heaviest way to it, and two ways from it and to it beside. */
function heaviest(edges: CallGraph['edges'], nodes: number): CallGraph['edges'] {
  const [into, out] = [new Uint32Array(nodes), new Uint32Array(nodes)]
  const kept = edges
    .sort((a, b) => b.total - a.total)
    .filter(({ from, to }) => {
      const isFirst = into[to] === 0
      const hasRoom = (into[to] as number) < edgesPerNode && (out[from] as number) < edgesPerNode
      if (!isFirst && !hasRoom) return false
      into[to] = (into[to] as number) + 1
      out[from] = (out[from] as number) + 1
      return true
    })
  return kept.slice(0, edgesPerNode * nodes)
}
