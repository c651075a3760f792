import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, compare } from '../../bench/lib/compare'

const tracing = [100, 103, 98, 101, 140, 99]
const ours = [104, 107, 101, 105, 146, 103]
const times = (values: number[], factor: number) => values.map((value) => value * factor)
const answer = (values: { ours: number[]; tracing?: number[] }, better?: string) => [
  { question: 'service', rows: [{ what: 'CPU', ...(better && { better }), values }] },
]
const worse = (kept: Answer[], asked: Answer[]) => compare(kept, asked).map((row) => row.worse)

test('what costs a fifth more than was kept has become worse, and less throughput is worse', () => {
  const kept = answer({ ours, tracing })
  assert.deepEqual(worse(kept, answer({ ours: times(ours, 1.2), tracing })), [true])
  assert.deepEqual(
    worse(answer({ ours, tracing }, 'more'), answer({ ours: times(ours, 0.8), tracing }, 'more')),
    [true],
  )
})

test('the same, a slower machine, little more, and much more in some rounds only have not', () => {
  const kept = answer({ ours, tracing })
  assert.deepEqual(worse(kept, kept), [false])
  assert.deepEqual(worse(kept, answer({ ours: times(ours, 3), tracing: times(tracing, 3) })), [false])
  assert.deepEqual(worse(kept, answer({ ours: times(ours, 1.05), tracing })), [false])
  assert.deepEqual(worse(kept, answer({ ours: [200, 107, 101, 250, 146, 90], tracing })), [false])
  assert.deepEqual(worse(kept, answer({ ours: times(ours, 0.5), tracing })), [false])
})

test('three rounds never fail: chance alone makes one of twenty', () => {
  const first = (values: number[]) => values.slice(0, 3)
  const kept = answer({ ours: first(ours), tracing: first(tracing) })
  assert.deepEqual(worse(kept, answer({ ours: times(first(ours), 9), tracing: first(tracing) })), [false])
})

test('a row that cannot be compared is told, with its reason', () => {
  const zero = answer({ ours, tracing: [0, ...tracing.slice(1)] })
  const reasons = (kept: Answer[], asked: Answer[]) => compare(kept, asked).map((row) => row.not)
  assert.match(reasons(zero, zero)[0] ?? '', /zero/)
  assert.match(reasons([], zero)[0] ?? '', /nothing was kept/)
  assert.match(reasons(zero, [])[0] ?? '', /not asked any more/)
  assert.deepEqual(compare(answer({ ours }), answer({ ours })), [])
})
