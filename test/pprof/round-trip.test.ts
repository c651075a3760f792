import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeProfile } from '../../src/pprof/decode'
import { encodeProfile } from '../../src/pprof/encode'
import { encodedProfile } from './arbitrary'
import { plain, plainByPprofFormat } from './plain'
import { realProfiles } from './real-profiles'
import { smallProfile } from './small-profile'
import { text } from './wire'

function checkBytes(bytes: Uint8Array): void {
  const profile = decodeProfile(bytes)
  const again = encodeProfile(profile)
  assert.deepStrictEqual(plain(profile), plainByPprofFormat(bytes))
  assert.deepStrictEqual(decodeProfile(again), profile)
  assert.deepStrictEqual(plainByPprofFormat(again), plain(profile))
}

test('any profile of pprof-format decodes as pprof-format decodes it, encodes and decodes to the same', () => {
  fc.assert(fc.property(encodedProfile, checkBytes), { numRuns: 400 })
})

for (const { name, bytes } of realProfiles()) {
  test(`a ${name} profile of @datadog/pprof too`, () => {
    assert.ok(decodeProfile(bytes).samples.count > 10)
    checkBytes(bytes)
  })
}

test('a profile with every field of the format too', () => {
  const bytes = Uint8Array.from(smallProfile())
  assert.equal(decodeProfile(bytes).docUrl, 'value')
  checkBytes(bytes)
})

test('the decoded profile keeps no byte of its input', () => {
  const bytes = Uint8Array.from(smallProfile())
  const profile = decodeProfile(bytes)
  const before = plain(profile)
  bytes.fill(0xff)
  assert.deepStrictEqual(plain(profile), before)
})

test('a string that starts with a byte order mark keeps it', () => {
  const profile = decodeProfile(Uint8Array.from([...smallProfile(), ...text(6, '\ufeffname')]))
  assert.equal(profile.strings.at(-1), '\ufeffname')
  assert.deepStrictEqual(decodeProfile(encodeProfile(profile)), profile)
})
