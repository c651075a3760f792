import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { layOut } from '../../src/explorer/flame/layout'
import { pictureOf } from '../../src/explorer/flame/picture'
import { svgOf } from '../../src/explorer/flame/svg'
import type { CallTree } from '../../src/explorer/flame/tree'
import { boxAt, type Span, visitLevel } from '../../src/explorer/flame/visible'
import { chain, large, treeOf, trees } from './trees'

interface Visited {
  x0: number
  x1: number
  first: number
  last: number
}

const visited = (tree: CallTree, level: number, span: Span) => {
  const layout = layOut(tree)
  const all: Visited[] = []
  visitLevel(layout, level, span, (x0, x1, first, last) => all.push({ x0, x1, first, last }))
  return { layout, all }
}

const spans = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0.001, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 300 }),
  )
  .map(([start, part, pixels]) => ({ start, part, pixels }))

test('children lie inside their parent, side by side, and no box of a level over another', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const layout = layOut(tree)
      const { left, right, place, level, levelStart } = layout
      for (let node = 1; node < tree.parent.length; node++) {
        const [own, above] = [place[node] as number, place[tree.parent[node] as number] as number]
        assert.equal(level[node], (level[tree.parent[node] as number] as number) + 1)
        assert.ok((left[own] as number) >= (left[above] as number))
        assert.ok((right[own] as number) <= (right[above] as number))
        assert.equal((right[own] as number) - (left[own] as number), tree.total[node])
      }
      for (let at = 0; at < layout.levels; at++) {
        for (let box = (levelStart[at] as number) + 1; box < (levelStart[at + 1] as number); box++)
          assert.ok((left[box] as number) >= (right[box - 1] as number))
      }
      assert.deepEqual(
        [...layout.node].sort((a, b) => a - b),
        [...tree.parent.keys()],
      )
    }),
  )
})

test('what is shown: every box of a pixel or more alone, all others in runs, nothing twice, at most one visit per pixel', () => {
  fc.assert(
    fc.property(trees, spans, (tree, { start, part, pixels }) => {
      const width = tree.total[0] as number
      if (width === 0) return
      const span = { from: start * width * (1 - part), to: start * width * (1 - part) + part * width, pixels }
      for (let level = 0; level < layOut(tree).levels; level++) {
        const { layout, all } = visited(tree, level, span)
        assert.ok(all.length <= pixels + 2, `${all.length} visits on ${pixels} pixels`)
        let seen = layout.levelStart[level] as number
        const scale = pixels / (span.to - span.from)
        for (const { x0, x1, first, last } of all) {
          assert.ok(first >= seen && last >= first && x1 >= x0)
          seen = last + 1
          for (let box = first; box <= last && last > first; box++)
            assert.ok(((layout.right[box] as number) - (layout.left[box] as number)) * scale < 2)
        }
        const inside = (box: number) =>
          (layout.right[box] as number) > span.from && (layout.left[box] as number) < span.to
        for (
          let box = layout.levelStart[level] as number;
          box < (layout.levelStart[level + 1] as number);
          box++
        ) {
          const isWide = (layout.right[box] as number) > (layout.left[box] as number)
          if (inside(box) && isWide) assert.ok(all.some(({ first, last }) => box >= first && box <= last))
        }
      }
    }),
  )
})

test('30,000 levels and 100,000 nodes are laid out without recursion', () => {
  const deep = layOut(chain(30_000, 7))
  assert.equal(deep.levels, 30_001)
  const wide = large(100_000)
  const layout = layOut(wide)
  assert.equal(layout.node.length, 100_001)
  let visits = 0
  const span = { from: 0, to: layout.width, pixels: 1_600 }
  for (let level = 0; level < layout.levels; level++) visitLevel(layout, level, span, () => visits++)
  assert.ok(visits <= layout.levels * 1_602)
})

test('a run of small boxes is found where it is drawn', () => {
  const tree = large(2_000)
  const layout = layOut(tree)
  const span = { from: 0, to: layout.width, pixels: 200 }
  visitLevel(layout, 5, span, (x0, x1, first, last) => {
    assert.deepEqual(boxAt(layout, 5, span, (x0 + Math.max(x1, x0 + 0.5)) / 2)?.first, first)
    assert.ok(last >= first)
  })
  assert.equal(boxAt(layout, layout.levels, span, 10), undefined)
})

test('a search fades runs of small boxes without a match, and colours those with one', () => {
  // From the left: a wide f0, a run of f1, a wide f0 again, a run of f1 with one f2 in its middle.
  const small = (frame: (i: number) => number) =>
    Array.from({ length: 100 }, (_, i) => [0, frame(i), 0.01] as const)
  const run = small(() => 1)
  const runWithMatch = small((i) => (i === 50 ? 2 : 1))
  const tree = treeOf([[0, 0, 50], ...run, [0, 0, 50], ...runWithMatch])
  const picture = pictureOf(tree, { colourBy: 'origin', dark: false, upwards: false, find: 'f2' })
  const { palette, layout } = picture
  const span = { from: 0, to: layout.width, pixels: 100 }
  const svg = svgOf({ ...picture, span, rowHeight: 20, top: 0, height: 40 }, (text) => text.length)
  const runs = [...svg.matchAll(/<title>\d+ small frames<\/title><rect [^>]*fill="([^"]+)"/g)]
  assert.deepEqual(
    runs.map(([, fill]) => fill),
    [palette.faded, palette.match],
  )
})
