import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextIntervalMs } from '../../../src/agent/uploader/schedule'

const periodMs = 60_000
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const within = (finished: number, low: number, high: number) =>
  fc.assert(
    fc.property(random, (value) => {
      const ms = nextIntervalMs(finished, periodMs, () => value)
      assert.ok(ms >= low && ms <= high, String(ms))
    }),
  )

test('the first comes after about 10 s', () => within(0, 8_000, 12_000))
test('the second after half a period to one and a half', () => within(1, 30_000, 90_000))
test('the later ones after a period, 5 % either way', () => {
  for (const finished of [2, 3, 1_000]) within(finished, 57_000, 63_000)
})
test('a period below 10 s holds for the first, too', () => {
  assert.equal(
    nextIntervalMs(0, 2_000, () => 0.5),
    2_000,
  )
})
