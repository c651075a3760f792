import fc from 'fast-check'
import { type CallTree, type Frame, rootFrame, totalsOf } from '../../src/explorer/flame/tree'

/** A tree of nodes given as [parent, frame, self]; names are `f0`, `f1`, ... */
export function treeOf(nodes: readonly (readonly [parent: number, frame: number, self: number])[]): CallTree {
  const all = [[-1, rootFrame, 0], ...nodes] as const
  const parent = Int32Array.from(all, ([above]) => above)
  const frame = Int32Array.from(all, ([, id]) => id)
  const self = Float64Array.from(all, ([, , value]) => value)
  const count = Math.max(0, ...frame.map((id) => id + 1))
  const frames = Array.from({ length: count }, (_, id): Frame => {
    return { name: `f${id}`, file: `/app/${id}.js`, line: id, origin: 'own' }
  })
  return { parent, frame, self, total: totalsOf(parent, self), frames }
}

/** Random trees; siblings may share a function. */
export const trees = fc
  .array(fc.tuple(fc.nat(), fc.nat(7), fc.nat(50)), { maxLength: 60 })
  .map((nodes) => treeOf(nodes.map(([above, id, self], i) => [above % (i + 1), id, self] as const)))

/** One path of so many nodes; every second runs itself. */
export const chain = (depth: number, functions: number) =>
  treeOf(Array.from({ length: depth }, (_, i) => [i, i % functions, i % 2] as const))

/** A tree of `count` nodes: numbers from a generator with a fixed seed. */
export function large(count: number, functions = 5_000): CallTree {
  let state = 42
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const near = (i: number) => Math.max(0, i - next(40))
  return treeOf(Array.from({ length: count }, (_, i) => [near(i), next(functions), next(100)] as const))
}

/** What a tree says in other words: every path with what it weighs itself. */
export function selfByPath(tree: CallTree): Map<string, number> {
  const paths: string[] = []
  const sums = new Map<string, number>()
  for (let node = 0; node < tree.parent.length; node++) {
    paths.push(node === 0 ? '' : `${paths[tree.parent[node] as number]}/${tree.frame[node]}`)
    const self = tree.self[node] as number
    const path = paths[node] as string
    if (self !== 0) sums.set(path, (sums.get(path) ?? 0) + self)
  }
  return sums
}
