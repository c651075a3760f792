import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Interner } from '../../src/pprof/interner'

// So many that among 2^32 hashes some are the same, whatever the seed (expected: 10, none: 1 in 35,000).
const rows = 300_000

test('rows of the same hash stay apart', () => {
  const interner = new Interner()
  for (let i = 0; i < rows; i++) assert.equal(interner.intern([i, 7]), i)
  for (let i = 0; i < rows; i++) assert.equal(interner.find([i, 7]), i)
  assert.equal(interner.find([rows, 7]), -1)
  assert.equal(interner.count, rows)
})

test('rows of any length, and a stretch of a longer one', () => {
  const interner = new Interner()
  const distinct = [[], [0], [0, 0], [1], [1, 2], [2, 1]]
  distinct.forEach((row, i) => {
    assert.equal(interner.intern(row), i)
  })
  assert.equal(interner.intern([9, 1, 2, 9], 1, 3), 4)
  assert.deepEqual([...interner.row(4)], [1, 2])
})
