import type { CallGraph } from './call-graph'

/** Pixels of a node. */
export const [nodeWidth, nodeHeight] = [176, 42]

interface Point {
  x: number
  y: number
}

/** Down to the heaviest callee, up to the heaviest caller, aside to the next one of the same layer. */
export function nextInGraph(
  { edges }: CallGraph,
  { nodes }: { nodes: readonly Point[] },
  at: number,
  key: string,
): number | undefined {
  if (key === 'ArrowDown') return edges.find(({ from }) => from === at)?.to ?? at
  if (key === 'ArrowUp') return edges.find(({ to }) => to === at)?.from ?? at
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined
  const here = nodes[at] as { x: number; y: number }
  const sign = key === 'ArrowLeft' ? -1 : 1
  const beside = [...nodes.keys()].filter((node) => {
    const { x, y } = nodes[node] as { x: number; y: number }
    return Math.abs(y - here.y) < nodeHeight / 2 && (x - here.x) * sign > 0
  })
  const distance = (node: number) => Math.abs((nodes[node]?.x as number) - here.x)
  return beside.sort((a, b) => distance(a) - distance(b))[0] ?? at
}

/** Through the middles of the sides between the points, so that it bends softly. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.pop()
  if (!first || !last) return ''
  const middles = rest.map((point, i) => {
    const next = rest[i + 1] ?? last
    const end = i === rest.length - 1 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`
  })
  return `M${first.x} ${first.y}${middles.length > 0 ? middles.join('') : `L${last.x} ${last.y}`}`
}
