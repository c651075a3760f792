import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatTags, parseTags } from '../../src/pprof/tags'

test('tags as dd-trace writes them', () => {
  const tags = parseTags(
    'language:javascript,host:,git.repository_url:https://example.com/a:b,version:undefined,flag',
  )
  assert.deepEqual(
    [...tags],
    [
      ['language', 'javascript'],
      ['host', ''],
      ['git.repository_url', 'https://example.com/a:b'],
      ['flag', ''],
    ],
  )
})

test('only what would be read otherwise is escaped', () => {
  const entries: [string, unknown][] = [
    ['dir', 'C:\\app\\bin'],
    ['list', 'a,b'],
    ['end', 'x\\'],
    ['a:b,c', 1],
    ['version', undefined],
    ['env', ''],
  ]
  assert.equal(formatTags(entries), 'dir:C:\\app\\bin,list:a\\,b,end:x\\\\,a_b_c:1')
})

test('any value comes back', () => {
  const key = fc.stringMatching(/^[a-z][a-z._-]{0,8}$/)
  const text = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[\\,:a]{1,12}$/))
  const value = text.filter((tag) => tag !== 'undefined')
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }), (entries) => {
      assert.deepEqual([...parseTags(formatTags(entries))], entries)
    }),
  )
})

test('no text makes the parser throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseTags(text)))
})
