import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startOf } from '../../src/explorer/flame/graph-start'

/** A heavy chain of ten whose second half stands far to the left of its root, and a light one above all. */
const nodes = [...Array.from({ length: 10 }, (_, i) => ({ total: 100 - i })), { total: 5 }].map(
  ({ total }, frame) => ({ frame, total, self: 0 }),
)
const edges = Array.from({ length: 9 }, (_, i) => ({ from: i, to: i + 1, total: 90 }))
const placed = {
  ...{ width: 4_000, height: 2_000 },
  nodes: [
    ...Array.from({ length: 10 }, (_, i) => ({ x: i < 3 ? 2_000 : 1_200, y: 500 + i * 80 })),
    { x: 2_800, y: 520 },
  ],
}
const size = { width: 1_200, height: 560 }
const onScreen = ({ x, y, scale }: { x: number; y: number; scale: number }, node: number) => ({
  x: x + (placed.nodes[node]?.x ?? 0) * scale,
  y: y + (placed.nodes[node]?.y ?? 0) * scale,
})

test('a call graph that is too large starts at its heaviest root, with the most weight beside it', () => {
  const start = startOf({ nodes, edges }, placed, size, -1)
  for (const node of [0, 1, 2, 3, 4, 5, 6]) {
    const { x, y } = onScreen(start, node)
    assert.ok(x > 0 && x < size.width && y > 0 && y < size.height, `${node}: ${x} ${y}`)
  }
  assert.ok(onScreen(start, 0).y < 60, 'at the top')
})

test('around a function it stands in the middle, and a graph that fits is whole', () => {
  const around = startOf({ nodes, edges }, placed, size, 6)
  assert.deepEqual(onScreen(around, 6), { x: 600, y: 280 })
  assert.deepEqual(startOf({ nodes, edges }, { ...placed, width: 600, height: 500 }, size, -1), {
    ...{ scale: 1, x: 300, y: 30 },
  })
})
