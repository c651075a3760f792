import type { Comparison, FlameGraph } from '../../pprof/answers'
import type * as messages from './messages'

/** Name of the root, as Pyroscope has it, and of what was cut. */
const rootName = 'total'
const otherName = 'other'

interface Side {
  self: bigint[]
  total: bigint[]
}

interface Nodes {
  parent: readonly number[]
  frame: readonly number[]
  names: readonly string[]
}

/**
 * Pyroscope's flame graph: level by level groups of x (less the end of the one before), total, self and name. Siblings stand side by side from
 * the start of their parent on.
 */
export function flameLevels({ nodes, frames }: Pick<FlameGraph, 'nodes' | 'frames'>): messages.FlameGraph {
  const side = wholeNumbers(nodes.parent, nodes.self)
  const names = frames.map(({ name }) => name)
  return { ...levelsOf({ parent: nodes.parent, frame: nodes.frame, names }, [side]), ...sumsOf([side]) }
}

/** The same of two sides: groups of x, total and self of each, and the name. */
export function diffLevels({ nodes, frames }: Pick<Comparison, 'nodes' | 'frames'>): messages.FlameGraphDiff {
  const sides = [wholeNumbers(nodes.parent, nodes.aSelf), wholeNumbers(nodes.parent, nodes.bSelf)]
  const names = frames.map(({ name }) => name)
  const [left = 0n, right = 0n] = sides.map(({ total }) => total[0] ?? 0n)
  return {
    ...levelsOf({ parent: nodes.parent, frame: nodes.frame, names }, sides),
    ...{ ...sumsOf(sides), total: left + right, leftTicks: left, rightTicks: right },
  }
}

/** Totals are sums of rounded selves, so that no child is wider than its parent. Pre-order: children follow their parent. */
function wholeNumbers(parent: readonly number[], values: readonly number[]): Side {
  const self = values.map((value) => BigInt(Math.round(value)))
  const total = [...self]
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] as number
    total[above] = (total[above] as bigint) + (total[node] as bigint)
  }
  return { self, total }
}

function sumsOf(sides: readonly Side[]): { total: bigint; maxSelf: bigint } {
  let maxSelf = 0n
  for (const { self } of sides) for (const one of self) if (one > maxSelf) maxSelf = one
  return { total: sides[0]?.total[0] ?? 0n, maxSelf }
}

function levelsOf({ parent, frame, names }: Nodes, sides: readonly Side[]) {
  const table = [rootName]
  const places = new Map<number, number>([[-1, 0]])
  const nameOf = (id: number) => {
    let place = places.get(id)
    if (place === undefined) {
      place = table.push(id < 0 ? otherName : (names[id] as string)) - 1
      places.set(id, place)
    }
    return BigInt(place)
  }
  const depth = new Int32Array(parent.length)
  const levels: bigint[][] = []
  /** Where the next child of a node goes, and where each level ends so far. */
  const next = sides.map(() => new Array<bigint>(parent.length).fill(0n))
  const ends = sides.map(() => [] as bigint[])
  for (let node = 0; node < parent.length; node++) {
    const above = parent[node] as number
    const at = node === 0 ? 0 : (depth[above] as number) + 1
    depth[node] = at
    levels[at] ??= []
    const level = levels[at] as bigint[]
    sides.forEach(({ self, total }, side) => {
      const starts = next[side] as bigint[]
      const x = node === 0 ? 0n : (starts[above] as bigint)
      const width = total[node] as bigint
      starts[node] = x
      if (node > 0) starts[above] = x + width
      const end = ends[side] as bigint[]
      level.push(x - (end[at] ?? 0n), width, self[node] as bigint)
      end[at] = x + width
    })
    level.push(nameOf(frame[node] as number))
  }
  return { names: table, levels: levels.map((values) => ({ values })) }
}
