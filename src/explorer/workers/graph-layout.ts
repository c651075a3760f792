import { Graph, layout } from '@dagrejs/dagre'

/** Of a graph: sizes of its nodes in pixels, and edges between them by number. */
export interface GraphToPlace {
  nodes: { width: number; height: number }[]
  edges: { from: number; to: number; weight: number }[]
}

/** Centres of the nodes, and the points of each edge. */
export interface PlacedGraph {
  width: number
  height: number
  nodes: { x: number; y: number }[]
  edges: { x: number; y: number }[][]
}

/** Layered, callers above what they call. */
export function placeGraph({ nodes, edges }: GraphToPlace): PlacedGraph {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 16, ranksep: 42, marginx: 12, marginy: 12 })
  nodes.forEach((size, id) => {
    graph.setNode(String(id), { ...size })
  })
  for (const { from, to, weight } of edges) graph.setEdge(String(from), String(to), { weight })
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    width,
    height,
    nodes: nodes.map((_, id) => {
      const { x, y } = graph.node(String(id)) as { x: number; y: number }
      return { x, y }
    }),
    edges: edges.map(({ from, to }) => {
      const { points } = graph.edge(String(from), String(to)) as { points: { x: number; y: number }[] }
      return points.map(({ x, y }) => ({ x, y }))
    }),
  }
}
