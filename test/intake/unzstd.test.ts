import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { unzstd } from '../../src/intake/unzstd'
import { randomFrom } from '../hostile/mutate'
import { realProfile } from './helpers'
import { zstd } from './zstd'

const mebibyte = 1024 * 1024
const options = { maxOutputLength: 32 * mebibyte, maxWindowBytes: 32 * mebibyte }

test('reads what Node writes, at every level, in several frames and with what is to be skipped', async () => {
  const profile = gunzipSync(await realProfile())
  const draw = randomFrom(1)
  const next = (below: number) => Math.floor(draw() * below)
  const noise = Buffer.from(Array.from({ length: 300_000 }, () => next(256)))
  const inputs = [Buffer.alloc(0), Buffer.from('x'), profile, noise, Buffer.alloc(5 * mebibyte, 'abc')]
  for (const input of inputs)
    for (const level of [1, 3, 9, 19])
      assert.ok(unzstd(zstd(input, level), options).equals(input), `${input.length} ${level}`)
  const skipped = Buffer.from('502a4d1803000000ffffff', 'hex')
  const frames = Buffer.concat([skipped, zstd(profile), skipped, zstd(noise), skipped])
  assert.ok(unzstd(frames, options).equals(Buffer.concat([profile, noise])))
})

test('an end that is missing, another format, a dictionary, a window too large: each is said', async () => {
  const whole = zstd(gunzipSync(await realProfile()))
  for (let length = 1; length < whole.length; length += 7)
    assert.throws(() => unzstd(whole.subarray(0, length), options), /unexpected end of file/, String(length))
  const said = {
    '1f8b080000000000': /Unknown frame descriptor/,
    '28b52ffd01000001000001': /Dictionary mismatch/,
    '28b52ffd08000001000001': /Unsupported frame parameter/,
    '28b52ffd00a8010000010000': /requires too much memory/,
    '28b52ffd0058070000010000': /Data corruption/,
    '28b52ffde0ffffffffffffffff010000': /requires too much memory/,
  }
  for (const [hex, message] of Object.entries(said))
    assert.throws(() => unzstd(Buffer.from(hex, 'hex'), options), message, hex)
})

test('more than may come out is refused before it is there, and many small blocks of a large window at once', () => {
  assert.throws(() => unzstd(zstd(Buffer.alloc(33 * mebibyte)), options), { code: 'ERR_BUFFER_TOO_LARGE' })
  const block = Buffer.from([0x08, 0, 0, 0x61])
  const head = Buffer.from('28b52ffd0078', 'hex')
  const blocks = Buffer.concat([
    head,
    ...Array.from({ length: 1_000 }, () => block),
    Buffer.from([0x09, 0, 0, 0x61]),
  ])
  assert.throws(() => unzstd(blocks, options), /too many blocks/)
})

test('what would keep the decoder busy for ever ends with an error', () => {
  // 98,047 sequences of 65,536 literals and 65,539 bytes that were there before, in nine bytes; and a tree of weights that are all the same.
  const sequences = '28b52ffd00584d000000ffffff5423003401'
  const tree = '28b52ffd00586d000042410204f107ffff0101010100'
  for (const hex of [sequences, tree])
    assert.throws(() => unzstd(Buffer.from(hex, 'hex'), options), /not decoded within 5 s/, hex)
})

test('bytes changed at random: some are read, others refused, nothing else happens', async () => {
  const whole = zstd(gunzipSync(await realProfile()))
  const draw = randomFrom(7)
  const next = (below: number) => Math.floor(draw() * below)
  let refused = 0
  for (let n = 0; n < 2_000; n++) {
    const changed = Buffer.from(whole)
    for (let times = 1 + next(4); times > 0; times--) changed[next(changed.length)] = next(256)
    try {
      assert.ok(unzstd(changed, { ...options, maxOutputLength: mebibyte }).length <= mebibyte)
    } catch (error) {
      assert.ok(error instanceof Error && error.name !== 'AssertionError', String(error))
      refused++
    }
  }
  assert.ok(refused > 100)
})
