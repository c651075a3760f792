import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeProfile } from '../../src/pprof/decode'
import { encodeProfile } from '../../src/pprof/encode'
import { FormatError } from '../../src/pprof/format-error'
import { type LimitName, limitValues } from '../../src/pprof/limits'
import { plain } from './plain'
import { smallProfile, strings, tableSize } from './small-profile'
import { type Bytes, block, num, packed, text } from './wire'

const decode = (bytes: Bytes, limits: Partial<Record<LimitName, number>>) =>
  decodeProfile(Uint8Array.from(bytes), limitValues(limits))

/** What `smallProfile` holds of each thing that is limited. */
const held: Partial<Record<LimitName, number>> = {
  profileInflatedBytes: smallProfile().length,
  profileSamples: 1,
  sampleLabels: 2,
  profileLabels: 2,
  labelNameBytes: 'key'.length,
  labelValueBytes: 'value'.length,
  profileStackEntries: 2,
  profileSampleTypes: 1,
  profileLocations: tableSize,
  profileLines: 2,
  profileFunctions: tableSize,
  profileStrings: strings.length,
  profileMappings: tableSize,
  profileComments: 1,
}

for (const [name, count] of Object.entries(held) as [LimitName, number][]) {
  test(`limits.${name}: as many as it says and no more`, () => {
    decode(smallProfile(), { [name]: count })
    assert.throws(
      () => decode(smallProfile(), { [name]: count - 1 }),
      (error) => {
        assert.ok(error instanceof FormatError, String(error))
        assert.equal(error.code, 'pprof_limit')
        assert.deepEqual(error.detail, { what: name, value: count, bound: count - 1, knob: `limits.${name}` })
        const numbers = new RegExp(`^${count} .*; the limit is ${count - 1} \\(limits.${name}\\)$`)
        assert.match(error.message, numbers)
        return true
      },
    )
  })
}

test('a message groups its digits', () => {
  const message =
    '1,048,577 bytes or more in one profile, inflated; the limit is 1,048,576 (limits.profileInflatedBytes)'
  const limits = limitValues({ profileInflatedBytes: 1_048_576 })
  assert.throws(() => decodeProfile(new Uint8Array(1_048_577), limits), { message })
})

test('limits.stackFrames: a deeper stack keeps its leaf-most frames and ends in `truncated`', () => {
  const stacks = [[1], [1, 2, 1], [1, 2, 1, 2], [2, 1, 2, 1, 2, 1, 2]]
  const samples = stacks.flatMap((stack) => [
    block(2, packed(1, ...stack), packed(2, 1)),
    block(2, ...stack.map((id) => num(1, id)), packed(2, 1)),
  ])
  const profile = decode([...smallProfile(), ...samples.flat()], { stackFrames: 3 })
  const names = plain(profile).samples.map(({ stack }) =>
    stack.map((location) => location?.lines[0]?.called || undefined),
  )
  const seen = names.slice(1).map((stack) => stack.map((called) => called?.name))
  const expected = [
    ['main'],
    ['main', 'value', 'main'],
    ['main', 'value', 'truncated'],
    ['value', 'main', 'truncated'],
  ]
  assert.deepEqual(
    seen,
    expected.flatMap((stack) => [stack, stack]),
  )
  assert.deepStrictEqual(decodeProfile(encodeProfile(profile)), profile)
})

test('limits.symbolBytes: a longer string is cut, never inside a character', () => {
  const name = (value: string) => {
    const profile = decode([...smallProfile(), ...text(6, value)], { symbolBytes: 10 })
    return profile.strings.at(-1)
  }
  assert.equal(name('0123456789'), '0123456789')
  assert.equal(name('0123456789a'), '0123456789')
  assert.equal(name('01234567\u20ac'), '01234567')
  assert.equal(name('0123456\u20acxyz'), '0123456\u20ac')
  assert.equal(name('\u{1f4a5}\u{1f4a5}\u{1f4a5}'), '\u{1f4a5}\u{1f4a5}')
  const odd = decode([...smallProfile(), ...block(6, Array(50).fill(0x80))], { symbolBytes: 10 })
  assert.ok(/^\ufffd{6,10}$/.test(odd.strings.at(-1) ?? ''))
})

test('a label longer than its limit is refused though nobody else minds the string', () => {
  const bounds = { labelNameBytes: 1_000, labelValueBytes: 2_000 }
  const labelled = (field: number, bytes: number) => {
    const sample = block(2, packed(2, 1), block(3, num(field, strings.length)))
    return decode([...smallProfile(), ...sample, ...text(6, 'x'.repeat(bytes))], bounds)
  }
  labelled(1, 1_000)
  assert.throws(() => labelled(1, 1_001), /labelNameBytes/)
  labelled(2, 2_000)
  assert.throws(() => labelled(2, 2_001), /labelValueBytes/)
})

test('a sample of more values than there can be sample types is refused while it is read', () => {
  const values = Array.from({ length: 17 }, () => 1)
  for (const sample of [block(2, packed(2, ...values)), block(2, ...values.map((value) => num(2, value)))]) {
    assert.throws(() => decode([...sample, ...smallProfile()], {}), {
      message: '17 sample types or more in one profile; the limit is 16 (limits.profileSampleTypes)',
    })
  }
})
