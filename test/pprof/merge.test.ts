import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeProfile } from '../../src/pprof/decode'
import { encodeProfile } from '../../src/pprof/encode'
import { FormatError } from '../../src/pprof/format-error'
import { mergeProfiles } from '../../src/pprof/merge'
import type { Profile } from '../../src/pprof/model'
import { encodedProfile } from './arbitrary'
import { plain } from './plain'
import { smallProfile } from './small-profile'
import { block, num, packed, text } from './wire'

const small = (replaced: Parameters<typeof smallProfile>[0] = {}) =>
  decodeProfile(Uint8Array.from(smallProfile(replaced)))

const lowest = -(2n ** 63n)
const highest = 2n ** 63n - 1n
const held = (sum: bigint) => (sum > highest ? highest : sum < lowest ? lowest : sum)

const keyOf = (value: unknown) =>
  JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item))

/** Sums by the text of stack and labels, in the order in which they first come. */
function slowMerge(profiles: readonly Profile[]): Map<string, bigint[]> {
  const sums = new Map<string, bigint[]>()
  for (const { stack, labels, values } of profiles.flatMap((profile) => plain(profile).samples)) {
    const key = keyOf([stack, labels])
    const sum = sums.get(key) ?? values.map(() => 0n)
    sums.set(
      key,
      sum.map((value, i) => held(value + (values[i] ?? 0n))),
    )
  }
  return sums
}

test('any profiles of one kind sum up as the slow way says', () => {
  const profiles = fc.array(encodedProfile, { minLength: 1, maxLength: 3 })
  const property = fc.property(profiles, (encoded) => {
    const decoded = encoded.map((bytes) => decodeProfile(bytes))
    // One kind: the sample types of the first, as many as all of them have.
    const width = Math.min(...decoded.map(({ sampleTypes }) => sampleTypes.length))
    const alike = decoded.map((profile) => narrowed(profile, width, decoded[0] as Profile))
    const merged = mergeProfiles(alike)
    const sums = plain(merged).samples.map(
      ({ stack, labels, values }) => [keyOf([stack, labels]), values] as const,
    )
    assert.deepStrictEqual(sums, [...slowMerge(alike)])
    assert.deepStrictEqual(decodeProfile(encodeProfile(merged)), merged)
  })
  fc.assert(property, { numRuns: 100 })
})

function narrowed(profile: Profile, width: number, { sampleTypes }: Profile): Profile {
  const { samples } = profile
  const values = samples.values.filter((_, i) => i % profile.sampleTypes.length < width)
  return { ...profile, sampleTypes: sampleTypes.slice(0, width), samples: { ...samples, values } }
}

test('a profile and itself: each value twice, nothing else more', () => {
  const once = small()
  const twice = mergeProfiles([once, once])
  assert.deepEqual([...twice.samples.values], [20n])
  assert.deepStrictEqual({ ...twice.locations }, { ...once.locations })
  assert.deepEqual(twice.mappings, once.mappings)
})

test('sums are held at the ends of 64 bits', () => {
  const sum = (value: bigint) => mergeProfiles([small({ 'sample.value': value }), small()]).samples.values[0]
  assert.equal(sum(2n ** 63n - 5n), 2n ** 63n - 1n)
  const low = small({ 'sample.value': -(2n ** 63n) })
  assert.equal(mergeProfiles([low, low]).samples.values[0], -(2n ** 63n))
})

test('the earliest time that is known, the sum of durations, the largest period, each comment once', () => {
  const first = small({ time_nanos: 0, duration_nanos: 5, period: 7, comment: 6 })
  const second = small({ time_nanos: 200, duration_nanos: 6, period: 9, comment: 3 })
  const third = small({ time_nanos: 100, duration_nanos: 7, period: 8, comment: 6 })
  const merged = mergeProfiles([first, second, third])
  assert.equal(merged.timeNanos, 100n)
  assert.equal(merged.durationNanos, 18n)
  assert.equal(merged.period, 9n)
  assert.deepEqual(merged.comments, ['value', 'main'])
})

test('what differs in one field only stays apart', () => {
  for (const field of [
    'label.num',
    'line.line',
    'line.column',
    'location.address',
    'function.start_line',
  ] as const) {
    assert.equal(mergeProfiles([small(), small({ [field]: 99 })]).samples.count, 2, field)
  }
  assert.equal(mergeProfiles([small(), small({ 'mapping.memory_start': 99 })]).mappings.length, 3)
})

test('profiles of several kinds, or none, are refused', () => {
  const other = small({ 'sample_type.unit': 7 })
  for (const profiles of [[small(), other], []]) {
    assert.throws(
      () => mergeProfiles(profiles),
      (error) => {
        return error instanceof FormatError && error.code === 'pprof_incompatible'
      },
    )
  }
})

test('thousands of samples: none is lost, none mixed up', () => {
  const names = Array.from({ length: 3000 }, (_, i) => text(6, `f${i}`))
  const samples = names.map((_, i) => block(2, packed(1, i + 1, ((i * 7) % 3000) + 1), packed(2, i)))
  const locations = names.map((_, i) => block(4, num(1, i + 1), block(4, num(1, i + 1), num(2, i))))
  const functions = names.map((_, i) => block(5, num(1, i + 1), num(2, i + 1)))
  const fields = [text(6, ''), ...names, block(1), ...samples, ...locations, ...functions]
  const profile = decodeProfile(Uint8Array.from(fields.flat()))
  const merged = mergeProfiles([profile, profile, profile])
  assert.equal(merged.samples.count, 3000)
  assert.ok(merged.samples.values.every((value, i) => value === BigInt(i * 3)))
})
