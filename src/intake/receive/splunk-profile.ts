import { decodeUntypedProfile } from '../../pprof/decode'
import { CodedError } from '../../pprof/errors'
import type { Profile, ValueType } from '../../pprof/model'
import type { ProfileChecker } from './check-profile'
import { type ForeignProfile, fileName, pack } from './foreign-profile'
import { translateLabels } from './translate-labels'

const count = { type: 'samples', unit: 'count' }
const wall = { type: 'wall', unit: 'nanoseconds' }
const objects = { type: 'alloc_objects', unit: 'count' }
const space = { type: 'alloc_space', unit: 'bytes' }

/**
 * A profile of Splunk's clients, which names no sample types. `cpu`: samples without values, each standing for the time in its label
 * `source.event.period`; V8 takes them by the wall clock, so that is what they are here. `allocation`: samples of one value, bytes.
 */
export async function splunkProfile(
  bytes: Uint8Array,
  type: unknown,
  checker: ProfileChecker,
): Promise<ForeignProfile> {
  const decoded = checker.check('body', bytes, decodeUntypedProfile)
  const { samples } = decoded
  const width = samples.count === 0 ? 0 : samples.values.length / samples.count
  if (type === 'allocation' && (width === 1 || samples.count === 0)) {
    return finish(decoded, [objects, space], samples.values)
  }
  if (type === 'cpu')
    return finish(decoded, [count, wall], numbersOf(decoded, 'source.event.period', 1_000_000n))
  const reason = `it is ${String(type)} of ${width} values`
  throw new CodedError('profile_malformed', { name: 'body', reason })
}

async function finish(
  decoded: Profile,
  sampleTypes: ValueType[],
  weights: BigInt64Array,
): Promise<ForeignProfile> {
  const values = new BigInt64Array(2 * decoded.samples.count)
  for (let i = 0; i < decoded.samples.count; i++) {
    values[2 * i] = 1n
    values[2 * i + 1] = weights[i] as bigint
  }
  const times = numbersOf(decoded, 'source.event.time', 1n).filter((time) => time > 0n)
  const typed = translateLabels({ ...decoded, sampleTypes, samples: { ...decoded.samples, values } })
  let startMs: number | undefined
  let endMs: number | undefined
  for (const time of times) {
    const ms = Number(time)
    startMs = Math.min(startMs ?? ms, ms)
    endMs = Math.max(endMs ?? ms, ms)
  }
  return { profile: { name: fileName(sampleTypes), bytes: await pack(typed) }, startMs, endMs }
}

/** The number in each sample's label of this key, times a factor; 0 where it has none. */
function numbersOf({ strings, samples }: Profile, key: string, factor: bigint): BigInt64Array {
  const index = strings.indexOf(key)
  const numbers = new BigInt64Array(samples.count)
  if (index < 0) return numbers
  for (let i = 0; i < samples.count; i++) {
    const end = samples.labelStart[i + 1] as number
    for (let at = samples.labelStart[i] as number; at < end; at++) {
      if (samples.labelKey[at] === index) numbers[i] = (samples.labelNum[at] as bigint) * factor
    }
  }
  return numbers
}
