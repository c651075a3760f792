import { FormatError } from './format-error'
import { MergedLocations } from './merge-locations'
import { MergedSamples } from './merge-samples'
import type { Profile } from './model'
import { Names } from './names'
import { saturated } from './saturated'

/** True where `mergeProfiles` can sum the two: the same sample types and units in the same order. */
export function sameKind(a: Profile, b: Profile): boolean {
  if (a.sampleTypes.length !== b.sampleTypes.length) return false
  return a.sampleTypes.every(({ type, unit }, i) => {
    return type === b.sampleTypes[i]?.type && unit === b.sampleTypes[i]?.unit
  })
}

/**
 * The sum of profiles of one kind; FormatError `pprof_incompatible` if they are of several, or none at all. Samples of
 * the same stack and labels become one, their values added up and held at the ends of 64 bits. As google/pprof's Merge
 * has it: the earliest `timeNanos` that is known, the sum of `durationNanos`, the largest `period`.
 */
export function mergeProfiles(profiles: Iterable<Profile>): Profile {
  let merge: Merge | undefined
  for (const profile of profiles) {
    merge ??= new Merge(profile)
    merge.add(profile)
  }
  if (merge) return merge.finish()
  throw new FormatError('pprof_incompatible', 'there is no profile to sum', { what: 'sample_type' })
}

class Merge {
  private readonly strings = new Names()
  private readonly locations = new MergedLocations()
  private readonly samples: MergedSamples
  private readonly comments = new Names()
  private timeNanos = 0n
  private durationNanos = 0n
  private period = 0n

  constructor(private readonly first: Profile) {
    this.samples = new MergedSamples(first.sampleTypes.length)
    this.strings.id('')
  }

  add(profile: Profile): void {
    if (!sameKind(profile, this.first)) {
      const message = 'profiles of different sample types cannot be summed'
      throw new FormatError('pprof_incompatible', message, { what: 'sample_type' })
    }
    const strings = Uint32Array.from(profile.strings, (text) => this.strings.id(text))
    this.samples.add(profile.samples, strings, this.locations.add(profile, strings))
    for (const comment of profile.comments) this.comments.id(comment)
    const { timeNanos } = profile
    if (timeNanos !== 0n && (this.timeNanos === 0n || timeNanos < this.timeNanos)) this.timeNanos = timeNanos
    this.durationNanos = saturated(this.durationNanos + profile.durationNanos)
    if (profile.period > this.period) this.period = profile.period
  }

  finish(): Profile {
    return {
      ...this.first,
      strings: this.strings.all(),
      samples: this.samples.finish(),
      ...this.locations.finish(),
      timeNanos: this.timeNanos,
      durationNanos: this.durationNanos,
      period: this.period,
      comments: this.comments.all(),
    }
  }
}
