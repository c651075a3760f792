import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeProfile } from '../../src/pprof/decode'
import { encodeProfile } from '../../src/pprof/encode'
import { FormatError } from '../../src/pprof/format-error'
import type { Profile } from '../../src/pprof/model'
import { topByFunction } from '../../src/pprof/top'
import { figures } from '../figures'
import { encodedProfile } from './arbitrary'
import { mutated, random } from './mutate'
import { realProfiles } from './real-profiles'
import { smallProfile } from './small-profile'

const seconds = Number(process.env.FUZZ_SECONDS ?? 10)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32)

/** Bytes that all columns of a profile take, and those of its strings. */
function bytesOf(profile: Profile): number {
  const columns = [profile.samples, profile.locations, profile.functions].flatMap((table) =>
    Object.values(table),
  )
  const bytes = columns.map((column) => (ArrayBuffer.isView(column) ? column.buffer.byteLength : 0))
  const strings = profile.strings.map((text) => 16 + 2 * text.length)
  return [...bytes, ...strings].reduce((sum, count) => sum + count, 4096)
}

/** Every index of a profile lies in the table it points into. */
function checkIndices({ samples, locations, functions, mappings, strings }: Profile): void {
  const below = (column: Uint32Array, count: number, orNone = false) => {
    assert.ok(column.every((index) => index < count || (orNone && index === 0xffffffff)))
  }
  below(samples.stack, locations.count)
  for (const column of [samples.labelKey, samples.labelStr, samples.labelUnit]) below(column, strings.length)
  for (const column of [functions.name, functions.systemName, functions.filename])
    below(column, strings.length)
  below(locations.mapping, mappings.length, true)
  below(locations.lineFunction, functions.count, true)
  for (const [start, column] of [
    [samples.stackStart, samples.stack],
    [samples.labelStart, samples.labelKey],
    [locations.lineStart, locations.lineFunction],
  ] as const) {
    assert.equal(start[0], 0)
    assert.equal(start.at(-1), column.length)
    assert.ok(start.every((at, i) => at >= (start[i - 1] ?? 0)))
  }
}

test(`mutated profiles for ${seconds} s: a profile or a FormatError, in bounded memory`, {
  timeout: 3_600_000,
}, (t) => {
  const next = random(seed)
  const small = [Uint8Array.from(smallProfile()), ...fc.sample(encodedProfile, { numRuns: 50, seed })]
  const large = realProfiles().map(({ bytes }) => bytes)
  const counts: Record<string, number> = { accepted: 0 }
  const endMs = performance.now() + seconds * 1000
  let runs = 0
  for (; performance.now() < endMs; runs++) {
    const corpus = next(50) === 0 ? large : small
    const base = corpus[next(corpus.length)] as Uint8Array
    const bytes = mutated(base, next)
    let profile: Profile
    try {
      profile = decodeProfile(bytes)
    } catch (error) {
      const shown = `seed ${seed}, run ${runs}: ${Buffer.from(bytes.subarray(0, 2000)).toString('hex')}`
      assert.ok(error instanceof FormatError, `${shown}\n${error instanceof Error ? error.stack : error}`)
      counts[error.code] = (counts[error.code] ?? 0) + 1
      continue
    }
    counts.accepted = (counts.accepted ?? 0) + 1
    checkIndices(profile)
    assert.ok(bytesOf(profile) <= 16 * bytes.length + 8192)
    if (profile.sampleTypes.length > 0) topByFunction(profile, 0)
    assert.deepStrictEqual(decodeProfile(encodeProfile(profile)), profile, `seed ${seed}, run ${runs}`)
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`)
  figures({ executions: runs })
  // A fuzzer that only ever hits the first check finds nothing behind it.
  assert.ok((counts.accepted ?? 0) > 0 && Object.keys(counts).length >= 6)
})
