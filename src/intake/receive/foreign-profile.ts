import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { encodeProfile } from '../../pprof/encode'
import type { Profile, ValueType } from '../../pprof/model'
import type { ReceivedProfile } from '../model'
import type { ProfileChecker } from './check-profile'
import { translateLabels } from './translate-labels'

/** Compresses what is stored. */
export const zip: (bytes: Uint8Array) => Promise<Buffer> = promisify(gzip)

/** A profile of another client, and the time it says it is of. */
export interface ForeignProfile {
  profile: ReceivedProfile
  /** Epoch milliseconds; undefined where it does not say. */
  startMs: number | undefined
  endMs: number | undefined
}

/**
 * Checks a pprof and gives its labels our names; as received where there is nothing to change.
 * @param called what messages call it
 */
export async function foreignProfile(
  called: string,
  bytes: Uint8Array,
  checker: ProfileChecker,
): Promise<ForeignProfile> {
  const decoded = checker.check(called, bytes)
  const ours = translateLabels(decoded)
  const profile = { name: fileName(decoded.sampleTypes), bytes: ours === decoded ? bytes : await pack(ours) }
  const startMs = decoded.timeNanos > 0n ? Number(decoded.timeNanos / 1_000_000n) : undefined
  const endMs = startMs === undefined ? undefined : startMs + Number(decoded.durationNanos / 1_000_000n)
  return { profile, startMs, endMs }
}

/** As it is stored. */
export async function pack(profile: Profile): Promise<Uint8Array> {
  return zip(encodeProfile(profile))
}

/** The name that Datadog's clients give to a profile of such values. */
export function fileName(sampleTypes: readonly ValueType[]): string {
  const types = new Set(sampleTypes.map(({ type }) => type))
  if (types.has('wall')) return 'wall.pprof'
  if (types.has('cpu')) return 'cpu.pprof'
  if (types.has('inuse_space') || types.has('alloc_space') || types.has('space')) return 'space.pprof'
  return 'profile.pprof'
}
