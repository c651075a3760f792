import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { toCollapsed, toDot, toMarkdown, toSpeedscope } from '../../src/pprof/formats/all'
import { functionCosts } from '../../src/pprof/formats/functions'

/** main calls f and, by way of g, f again; what is cut stands below main. */
const tree = {
  parent: [-1, 0, 1, 1, 3, 4, 1],
  frame: [-1, 0, 1, 2, 1, 1, -2],
  self: [0, 1, 10, 0, 20, 30, 5],
  total: [66, 66, 10, 50, 50, 30, 5],
  frames: [
    { name: 'main', file: '/app/main.js', line: 1 },
    { name: 'f; "x\\\n', file: '/app/f.js', line: 0 },
    { name: 'g|`', file: '', line: 0 },
  ],
}
const show = (value: number) => `${value} ms`

test('sums by function count recursion once', () => {
  const costs = functionCosts(tree).map(({ frame, self, total, calls }) => [frame, self, total, [...calls]])
  assert.deepEqual(costs, [
    [
      0,
      1,
      66,
      [
        [1, 10],
        [2, 50],
      ],
    ],
    [1, 60, 60, [[1, 30]]],
    [2, 0, 50, [[1, 50]]],
  ])
})

test('collapsed stacks: one line a stack, whatever names hold', () => {
  assert.equal(
    toCollapsed(tree),
    [
      'main 1',
      'main;f "x\\ 10',
      'main;g|`;f "x\\ 20',
      'main;g|`;f "x\\;f "x\\ 30',
      'main;(other) 5',
      '',
    ].join('\n'),
  )
})

test("speedscope's JSON has each stack from the root on, with its weight", () => {
  const { shared, profiles } = JSON.parse(toSpeedscope(tree, 'shop', 'nanoseconds'))
  assert.deepEqual(shared.frames[0], { name: 'main', file: '/app/main.js', line: 1 })
  assert.equal(shared.frames[3].name, '(other)')
  const [{ samples, weights, endValue, unit }] = profiles
  assert.deepEqual(samples, [[0], [0, 1], [0, 2, 1], [0, 2, 1, 1], [0, 3]])
  assert.deepEqual([weights, endValue, unit], [[1, 10, 20, 30, 5], 66, 'nanoseconds'])
})

test('DOT: Graphviz reads it where it is installed, and names stay texts', () => {
  const dot = toDot(tree, show)
  assert.match(dot, /n1 \[label="f; \\"x\\\\\\n\\n\/app\/f\.js\\n60 ms of 60 ms" penwidth=4\.6\]/)
  assert.match(dot, /n0 -> n2 \[label="50 ms"\]/)
  const read = spawnSync('dot', ['-Tplain'], { input: dot, encoding: 'utf8' })
  if (read.error === undefined) assert.equal(read.status, 0, read.stderr)
})

test('Markdown: a table that names cannot leave', () => {
  const lines = toMarkdown(tree, 'shop', show).split('\n')
  assert.equal(lines[0], '`shop`: 66 ms')
  assert.equal(lines[4], '| 60 ms | 90.9 % | 60 ms | 90.9 % | `f; "x\\ ` | `/app/f.js` |')
  assert.equal(lines[6], "| 0 ms | 0.0 % | 50 ms | 75.8 % | `g\\|'` |  |")
})
