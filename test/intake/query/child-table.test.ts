import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChildTable } from '../../../src/intake/query/child-table'

test('finds the children that a Map finds', () => {
  const steps = fc.array(fc.tuple(fc.nat(1_000), fc.nat(12)), { maxLength: 4_000 })
  fc.assert(
    fc.property(steps, (all) => {
      const table = new ChildTable()
      const twin = new Map<string, number>()
      let count = 1
      for (const [at, key] of all) {
        const parent = at % count
        const known = twin.get(`${parent} ${key}`)
        const found = table.childOf(parent, key, count)
        assert.equal(found, known ?? count)
        if (known === undefined) twin.set(`${parent} ${key}`, count++)
      }
    }),
    { numRuns: 60 },
  )
})
