import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { callGraphOf, maxGraphNodes } from '../../src/explorer/flame/call-graph'
import { collapse, hiddenGroup } from '../../src/explorer/flame/collapse'
import { changeOf, weighSides } from '../../src/explorer/flame/diff'
import { functionSums } from '../../src/explorer/flame/function-sums'
import { calleesOf, callersOf, invert } from '../../src/explorer/flame/invert'
import { findNode, formatNodeId, nodeIds } from '../../src/explorer/flame/node-ids'
import { mark, search } from '../../src/explorer/flame/search'
import { type CallTree, pathOf } from '../../src/explorer/flame/tree'
import { without } from '../../src/explorer/flame/without'
import { chain, large, selfByPath, treeOf, trees } from './trees'

const framesUp = (tree: CallTree, node: number) =>
  pathOf(tree, node)
    .slice(0, -1)
    .map((at) => tree.frame[at] as number)

/** The slow twin: every path of the tree, the leaf first. */
function invertedPaths(tree: CallTree): Map<string, number> {
  const sums = new Map<string, number>()
  for (let node = 1; node < tree.parent.length; node++) {
    const self = tree.self[node] as number
    const path = `/${framesUp(tree, node).join('/')}`
    if (self !== 0) sums.set(path, (sums.get(path) ?? 0) + self)
  }
  return sums
}

const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

test('inverted: every stack read from its leaf, with what it weighed', () => {
  fc.assert(
    fc.property(trees, (tree) =>
      assert.deepEqual(sorted(selfByPath(invert(tree))), sorted(invertedPaths(tree))),
    ),
  )
})

test('callers and callees of a function weigh what the function weighs', () => {
  fc.assert(
    fc.property(trees, fc.nat(7), (tree, id) => {
      const isFunction = (frame: number) => frame === id
      const { total } = mark(tree, isFunction)
      assert.equal(callersOf(tree, isFunction).total[0], total)
      assert.equal(calleesOf(tree, isFunction).total[0], total)
    }),
  )
})

test('functions: self and total as counted by path, recursion once', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const self = new Map<number, number>()
      const total = new Map<number, number>()
      for (let node = 1; node < tree.parent.length; node++) {
        const frames = framesUp(tree, node)
        const value = tree.self[node] as number
        self.set(frames[0] as number, (self.get(frames[0] as number) ?? 0) + value)
        for (const id of new Set(frames)) total.set(id, (total.get(id) ?? 0) + value)
      }
      for (const sum of functionSums(tree)) {
        assert.deepEqual([sum.self, sum.total], [self.get(sum.id) ?? 0, total.get(sum.id) ?? 0])
      }
    }),
  )
})

test('collapsed recursion keeps sums, and no node stands below one of its function', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const flat = collapse(tree, (frame) => frame)
      assert.equal(flat.total[0], tree.total[0])
      for (let node = 1; node < flat.parent.length; node++) {
        const above = flat.parent[node] as number
        assert.ok(above < node)
        if (above > 0) assert.notEqual(flat.frame[node], flat.frame[above])
      }
      for (const [i, sum] of functionSums(flat).entries()) assert.equal(sum.self, functionSums(tree)[i]?.self)
    }),
  )
})

test('a comparison is as wide as the larger side, and says which way it went', () => {
  const parent = Int32Array.from([-1, 0, 0, 0])
  const { total, self, sides } = weighSides(parent, Float64Array.of(0, 5, 2, 0), Float64Array.of(0, 5, 0, 4))
  assert.deepEqual([...self], [0, 5, 2, 4])
  assert.equal(total[0], 11)
  assert.deepEqual(
    [1, 2, 3].map((node) => changeOf(sides, node)),
    [0, -1, 1],
  )
})

test('a search counts what is found once, in any letters', () => {
  const tree = treeOf([
    [0, 0, 1],
    [1, 1, 2],
    [2, 0, 4],
  ])
  const found = search(tree, 'F0')
  assert.deepEqual([found?.self, found?.total, found?.functions], [5, 7, 1])
  assert.equal(search(tree, ' '), undefined)
})

test('a node is found again by its id', () => {
  const tree = large(20_000)
  const ids = nodeIds(tree)
  for (const node of [0, 1, 77, 19_999]) {
    const found = findNode(ids, formatNodeId(ids[node] as number))
    assert.deepEqual(framesUp(tree, found), framesUp(tree, node))
  }
  assert.equal(findNode(ids, 'not one'), 0)
})

test('deep and large trees are turned within the bounds, nothing lost', () => {
  for (const tree of [chain(30_000, 1), chain(30_000, 97), large(100_000)]) {
    const whole = tree.total[0] as number
    const inverted = invert(tree)
    assert.equal(inverted.total[0], whole)
    assert.ok(inverted.parent.length <= 400_000, `${inverted.parent.length} nodes`)
    assert.equal(callersOf(tree, (frame) => frame === 0).total[0], mark(tree, (frame) => frame === 0).total)
    assert.equal(calleesOf(tree, (frame) => frame === 0).total[0], mark(tree, (frame) => frame === 0).total)
    assert.equal(collapse(tree, (frame) => frame).total[0], whole)
    assert.ok(functionSums(tree).length > 0)
  }
})

/** What each path weighs itself after its frames were changed; undefined leaves the path out. */
function changedPaths(
  tree: CallTree,
  change: (frames: number[]) => number[] | undefined,
): Map<string, number> {
  const sums = new Map<string, number>()
  for (let node = 0; node < tree.parent.length; node++) {
    const self = tree.self[node] as number
    const frames = change(framesUp(tree, node).reverse())
    const path = frames?.map((frame) => `/${frame}`).join('')
    if (self !== 0 && path !== undefined) sums.set(path, (sums.get(path) ?? 0) + self)
  }
  return sums
}

test('stacks and frames of a function are left out, and nothing else', () => {
  fc.assert(
    fc.property(trees, fc.nat(7), (tree, id) => {
      const left = without(tree, ({ name }) => name === `f${id}`)
      const wanted = changedPaths(tree, (frames) => (frames.includes(id) ? undefined : frames))
      assert.deepEqual(sorted(selfByPath(left)), sorted(wanted))
      // Neighbours that become one function below itself stay apart as little as they were: collapse joins them.
      const hidden = collapse(tree, (frame) => (frame === id ? hiddenGroup : frame))
      const joined = changedPaths(tree, (frames) =>
        frames.filter((frame) => frame !== id).filter((frame, i, rest) => frame !== rest[i - 1]),
      )
      assert.deepEqual(sorted(selfByPath(hidden)), sorted(joined))
    }),
  )
})

test('a call graph weighs its functions as the table does, and is never too large', () => {
  const check = (tree: CallTree) => {
    const { nodes, edges, cut } = callGraphOf(tree)
    const sums = new Map(functionSums(tree).map((sum) => [sum.id, sum]))
    for (const { frame, self, total } of nodes)
      assert.deepEqual([self, total], [sums.get(frame)?.self, sums.get(frame)?.total])
    assert.ok(nodes.length <= maxGraphNodes && edges.length <= 2 * nodes.length)
    assert.ok(
      edges.every(({ from, to, total }) => total <= Math.min(nodes[from]?.total ?? 0, nodes[to]?.total ?? 0)),
    )
    assert.equal(nodes.length + cut, [...sums.values()].filter(({ total }) => total > 0).length)
  }
  fc.assert(fc.property(trees, check))
  check(chain(30_000, 100))
  check(large(100_000))
})

test('around a function the call graph has what runs through it', () => {
  fc.assert(
    fc.property(trees, fc.nat(7), (tree, id) => {
      const isFocus = (frame: number) => frame === id
      const { nodes } = callGraphOf(tree, isFocus)
      const { total } = mark(tree, isFocus)
      assert.equal(nodes.find(({ frame }) => frame === id)?.total ?? 0, total)
      assert.ok(nodes.every((node) => node.total <= total))
    }),
  )
})
