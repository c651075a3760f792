import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mannWhitney, median, medianInterval } from '../../bench/lib/stats'

test('Mann-Whitney: exact chances', () => {
  assert.equal(mannWhitney([7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6]), 1 / 924)
  assert.equal(mannWhitney([1, 2, 3], [4, 5, 6]), 1)
  // U is 6, as it is or more in 7 of the 20 ways.
  assert.equal(mannWhitney([3, 5, 8], [1, 4, 6]), 0.35)
  assert.equal(mannWhitney([2, 2], [2, 2]), 1)
})

test('the median of an even number is halfway between the two in the middle', () => {
  assert.equal(median([3, 9, 1]), 3)
  assert.equal(median([9, 1, 3, 4]), 3.5)
  assert.ok(Number.isNaN(median([])))
})

test('the interval of a median leaves out what lies far off', () => {
  assert.deepEqual(medianInterval([5, 1, 3]), { median: 3, from: 1, to: 5 })
  const values = [100, ...Array.from({ length: 38 }, (_, i) => i), -100]
  const { from, to } = medianInterval(values)
  assert.ok(from > 0 && to < 37, `${from} to ${to}`)
})
