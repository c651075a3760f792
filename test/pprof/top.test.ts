import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeProfile } from '../../src/pprof/decode'
import type { Profile } from '../../src/pprof/model'
import { type TopRow, topByFunction, topByLabel, topByLine } from '../../src/pprof/top'
import { printable, scale, topText } from '../../src/pprof/top-text'
import { encodedProfile } from './arbitrary'
import { plain } from './plain'
import { type Bytes, block, num, packed, text } from './wire'

const table = [
  '',
  'cpu',
  'nanoseconds',
  'main',
  'work',
  'leaf',
  'app.js',
  'trace endpoint',
  'GET /a',
  'GET /b',
  'span id',
]
const location = (id: number, ...lines: [called: number, line: number][]) =>
  block(4, num(1, id), ...lines.map(([called, line]) => block(4, num(1, called), num(2, line))))
const sample = (stack: number[], value: number, ...labels: Bytes[]) =>
  block(2, packed(1, ...stack), packed(2, 1, value), ...labels)
const endpoint = (name: number) => block(3, num(1, 7), num(2, name))

/** main:1 calls work:10 and work:11, work calls itself and leaf:20; leaf:21 is inlined into work:12. */
const bytes = [
  block(1, num(1, 1)),
  block(1, num(1, 1), num(2, 2)),
  sample([1], 1, endpoint(8)),
  sample([2, 1], 10, endpoint(8)),
  sample([3, 1], 30, endpoint(9)),
  sample([4, 2, 3, 1], 100),
  sample([5, 1], 1000, endpoint(9), block(3, num(1, 10), num(3, -1))),
  sample([], 10_000),
  location(1, [1, 1]),
  location(2, [2, 10]),
  location(3, [2, 11]),
  location(4, [3, 20]),
  location(5, [3, 21], [2, 12]),
  ...[3, 4, 5].map((name, i) => block(5, num(1, i + 1), num(2, name), num(4, 6))),
  ...table.map((name) => text(6, name)),
]
const profile = decodeProfile(Uint8Array.from(bytes.flat()))
const rows = (found: readonly TopRow[]) => found.map(({ name, line, flat, cum }) => [name, line, flat, cum])

test('by line: flat where it executes, cum once per sample, inlined frames are frames', () => {
  const { rows: found, total } = topByLine(profile, 1)
  assert.equal(total, 11_141)
  assert.deepEqual(rows(found), [
    ['leaf', 21, 1000, 1000],
    ['leaf', 20, 100, 100],
    ['work', 11, 30, 130],
    ['work', 10, 10, 110],
    ['main', 1, 1, 1141],
    ['work', 12, 0, 1000],
  ])
  assert.ok(found.every(({ file }) => file === 'app.js'))
})

test('by function: recursion counts once; the line is the one with most of it', () => {
  assert.deepEqual(rows(topByFunction(profile, 1).rows), [
    ['leaf', 21, 1100, 1100],
    ['work', 12, 40, 1140],
    ['main', 1, 1, 1141],
  ])
})

test('by label: each value, samples without it, numbers as digits', () => {
  assert.deepEqual(rows(topByLabel(profile, 1, 'trace endpoint').rows), [
    ['(none)', 0, 10_100, 10_100],
    ['GET /b', 0, 1030, 1030],
    ['GET /a', 0, 11, 11],
  ])
  assert.equal(topByLabel(profile, 1, 'span id').rows[1]?.name, '18446744073709551615')
})

test('the sample type chooses the column', () => {
  assert.equal(topByLine(profile, 0).total, 6)
  assert.deepEqual(rows(topByFunction(profile, 0).rows)[0], ['work', 10, 2, 4])
})

/** By the text of the frames, sample after sample. */
function slowTop(of: Profile, type: number, byLine: boolean): Map<string, [flat: number, cum: number]> {
  const sums = new Map<string, [number, number]>()
  for (const { stack, values } of plain(of).samples) {
    const value = Number(values[type])
    const keys = stack.flatMap((at) =>
      (at?.lines ?? []).map(({ called, line }) => {
        const { name, filename } = called || { name: '', filename: '' }
        return JSON.stringify([name || '(anonymous)', filename, byLine ? line : 0])
      }),
    )
    for (const key of new Set(keys)) {
      const [flat, cum] = sums.get(key) ?? [0, 0]
      sums.set(key, [flat + (key === keys[0] ? value : 0), cum + value])
    }
  }
  return sums
}

test('any profile: the sums of the slow way', () => {
  fc.assert(
    fc.property(encodedProfile, (encoded) => {
      const decoded = decodeProfile(encoded)
      for (const byLine of [true, false]) {
        const fast = byLine ? topByLine(decoded, 0) : topByFunction(decoded, 0)
        const slow = slowTop(decoded, 0, byLine)
        for (const { name, file, line, flat, cum } of fast.rows) {
          const key = JSON.stringify([name, file, byLine ? line : 0])
          assert.deepEqual([flat, cum], slow.get(key), key)
          slow.delete(key)
        }
        for (const [key, sums] of slow) assert.deepEqual(sums, [0, 0], key)
      }
    }),
    { numRuns: 100 },
  )
})

test('the table is aligned and says how much it leaves out', () => {
  assert.deepEqual(topText(topByFunction(profile, 1), { unit: 'nanoseconds', places: true, limit: 2 }), [
    '    flat  flat%       cum   cum%  function  file:line',
    '1.100 us   9.9%  1.100 us   9.9%  leaf      app.js:21',
    '0.040 us   0.4%  1.140 us  10.2%  work      app.js:12',
    '... 1 more',
  ])
  assert.deepEqual(
    topText(topByLabel(profile, 0, 'trace endpoint'), { unit: 'count', places: false, limit: 9 }),
    ['flat  flat%  label', '   2  33.3%  GET /a', '   2  33.3%  GET /b', '   2  33.3%  (none)'],
  )
})

test('an empty profile has an empty table', () => {
  const none = decodeProfile(Uint8Array.from([...block(1), ...text(6, '')]))
  assert.deepEqual(topText(topByLine(none, 0), { unit: 'count', places: true, limit: 9 }), [
    'flat  flat%  cum  cum%  function  file:line',
  ])
})

test('numbers have the scale of the largest', () => {
  assert.equal(scale('nanoseconds', 5e9)(1_234_567_890), '1.235 s')
  assert.equal(scale('nanoseconds', -2e6)(-1_500_000), '-1.500 ms')
  assert.equal(scale('bytes', 2 ** 20)(512 * 1024), '0.500 MiB')
  assert.equal(scale('bytes', 100)(7), '7 bytes')
  assert.equal(scale('constructor', 100)(7), '7 constructor')
})

test('nothing out of a profile can command a terminal', () => {
  assert.equal(
    printable('a\u001b[2Jb\u0007\r\n\u202ec\u009b\ud800'),
    'a\\u{1b}[2Jb\\u{7}\\u{d}\\u{a}\\u{202e}c\\u{9b}\\u{d800}',
  )
  assert.equal(printable('名前 ünï 💥'), '名前 ünï 💥')
})
