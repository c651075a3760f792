import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Interner } from '../../src/pprof/interner'

// So many that among 2^32 hashes some are the same, whatever the seed (expected: 10, none: 1 in 35,000). Two numbers vary:
// of one number the hash is a permutation.
const rows = 300_000
const row = (i: number) => [i % 547, Math.floor(i / 547)]

test('rows of the same hash stay apart', () => {
  const interner = new Interner()
  for (let i = 0; i < rows; i++) assert.equal(interner.intern(row(i)), i)
  for (let i = 0; i < rows; i++) assert.equal(interner.find(row(i)), i)
  assert.equal(interner.find(row(rows)), -1)
  assert.equal(interner.count, rows)
})

test('rows of any length, and a stretch of a longer one', () => {
  const interner = new Interner()
  const distinct = [[], [0], [0, 0], [1], [1, 2], [2, 1]]
  distinct.forEach((cells, i) => {
    assert.equal(interner.intern(cells), i)
  })
  assert.equal(interner.intern([9, 1, 2, 9], 1, 3), 4)
  assert.deepEqual([...interner.row(4)], [1, 2])
})
