import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readTerms, wantedValue, withValue, writeTerms } from '../../src/explorer/url/selector'
import { formatSelector, parseSelector } from '../../src/intake/query/selector'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const term = fc.record(
  {
    key: text.filter((key) => key !== '' && !/^-|:/.test(key)),
    pattern: text,
    negated: fc.boolean(),
  },
  { noNullPrototype: true },
)

test('queries are read and written as the intake does', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 5 }), (terms) => {
      const written = writeTerms(terms)
      assert.equal(written, formatSelector(terms))
      assert.deepEqual(readTerms(written), terms)
      assert.deepEqual(parseSelector(written), terms)
    }),
  )
})

test('a text is a query here where it is one to the intake', () => {
  const pieces = fc.array(fc.constantFrom('a:b', '-c:d', '"', ' ', '\\', 'x', ':', 'y:z*', '"e:f g"'), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(pieces, (parts) => {
      const query = parts.join('')
      let truth: unknown
      try {
        truth = parseSelector(query)
      } catch {
        truth = undefined
      }
      assert.deepEqual(readTerms(query), truth)
    }),
  )
})

test('one value of a tag is chosen, changed and given up', () => {
  assert.equal(withValue('env:prod service:a service:b', 'service', 'my shop'), 'env:prod "service:my shop"')
  assert.equal(wantedValue('env:prod "service:my shop"', 'service'), 'my shop')
  assert.equal(wantedValue('-service:a', 'service'), undefined)
  assert.equal(withValue('env:prod service:a', 'service', undefined), 'env:prod')
})
