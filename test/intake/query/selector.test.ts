import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatSelector,
  matchesPattern,
  matchesSelector,
  parseSelector,
} from '../../../src/intake/query/selector'

test('reads terms, quotes, escapes and negation', () => {
  const match = (key: string, pattern: string, negated = false) => ({ key, pattern, negated })
  assert.deepEqual(parseSelector('  service:shop  env:prod -host:a version:1.2* '), [
    match('service', 'shop'),
    match('env', 'prod'),
    match('host', 'a', true),
    match('version', '1.2*'),
  ])
  assert.deepEqual(parseSelector('a:b:c "name:with space" x:"y z" e:"" q:"\\"\\\\"'), [
    match('a', 'b:c'),
    match('name', 'with space'),
    match('x', 'y z'),
    match('e', ''),
    match('q', '"\\'),
  ])
  assert.deepEqual(parseSelector(''), [])
})

test('writes what it reads', () => {
  for (const text of ['', 'a:b', '-a:b*', '"a:b c"', 'a:""', 'a:"\\"\\\\"', 'a:b -a:c "-k:x y"']) {
    const selector = parseSelector(text)
    assert.deepEqual(parseSelector(formatSelector(selector)), selector, text)
  }
})

for (const text of ['shop', ':x', '-:x', 'a:"b', '""', `${'a:b '.repeat(65)}`]) {
  test(`refuses ${text.slice(0, 20)}`, () =>
    assert.throws(() => parseSelector(text), { code: 'query_invalid' }))
}

test('patterns are those of a regular expression', () => {
  const texts = ['', 'a', 'ab', 'aab', 'abab', 'b', '*', 'a*b', 'a.b', 'aXbXc']
  const patterns = ['', '*', 'a', 'a*', '*b', 'a*b', '*a*', 'a**b', '*a*b*', 'a*b*c', 'aa*a']
  for (const pattern of patterns) {
    const twin = new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/\W/g, '\\$&'))
        .join('.*')}$`,
      's',
    )
    for (const text of texts)
      assert.equal(matchesPattern(pattern, text), twin.test(text), `${pattern} on ${text}`)
  }
})

test('all keys, any of one key, none of the negated', () => {
  const matches = (selector: string, tags: Record<string, string>) =>
    matchesSelector(parseSelector(selector), (key) => tags[key] ?? '')
  assert.equal(matches('a:1 a:2 b:3', { a: '2', b: '3' }), true)
  assert.equal(matches('a:1 a:2 b:3', { a: '2', b: '4' }), false)
  assert.equal(matches('-a:1 -a:2', { a: '3' }), true)
  assert.equal(matches('-a:1 -a:2', { a: '2' }), false)
  assert.equal(matches('-a:1', {}), true)
  assert.equal(matches('a:*', {}), true)
})
