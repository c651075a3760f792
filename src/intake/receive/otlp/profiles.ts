import { encodeProfile } from '../../../pprof/encode'
import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'
import type { ProfileUpload, ReceivedProfile } from '../../model'
import { ProfileChecker } from '../check-profile'
import { fileName, zip } from '../foreign-profile'
import { readMessage } from '../messages/read-message'
import type { Protocol } from '../protocol'
import { Rejections } from '../rejections'
import { tagsOfResource } from '../tags'
import { plainAttributes } from './common'
import { buildProfile } from './profile-builder'
import { type Dictionary, exportProfiles, type OtlpProfile, type OtlpSample } from './profile-messages'
import { exported, failed } from './reply'

/**
 * OTLP's profiles, `POST /v1development/profiles`, in protobuf or JSON. Each becomes a pprof; those of one time that differ in their
 * values alone become one pprof, since OTLP knows one value per profile.
 */
export const otlpProfiles: Protocol = {
  async decode(message, limits) {
    const { resourceProfiles, dictionary = none } = readMessage(exportProfiles, message, limits)
    const pack = packer(dictionary, limits)
    const rejected = new Rejections()
    const uploads: ProfileUpload[] = []
    for (const { resource, scopeProfiles } of resourceProfiles) {
      const tags = tagsOfResource(plainAttributes(resource?.attributes ?? []), limits)
      for (const siblings of groups(scopeProfiles.flatMap(({ profiles }) => profiles))) {
        try {
          const { timeUnixNano, durationNano } = siblings[0] as OtlpProfile
          const startMs = Number(timeUnixNano / 1_000_000n) || Date.now()
          const endMs = startMs + Number(durationNano / 1_000_000n)
          const profiles = [await pack(siblings)]
          uploads.push({ tags, startMs, endMs, profiles, endpointCounts: {}, event: new Uint8Array(0) })
        } catch (error) {
          if (!(error instanceof CodedError)) throw error
          rejected.add(error, siblings.length)
        }
      }
    }
    return { uploads, batches: [], rejected: rejected.list(), counts: {} }
  },
  accepted: (message, rejected) => exported(message, rejected, 'rejectedProfiles'),
  refused: failed,
}

const none: Dictionary = {
  locationTable: [],
  functionTable: [],
  linkTable: [],
  stringTable: [],
  attributeTable: [],
  stackTable: [],
}

/** Builds, and checks what was built as if it had come from outside. */
function packer(dictionary: Dictionary, limits: LimitValues) {
  const checker = new ProfileChecker(limits)
  const budget = { entries: limits.profileStackEntries }
  return async (siblings: readonly OtlpProfile[]): Promise<ReceivedProfile> => {
    const profile = buildProfile(dictionary, siblings, limits, budget)
    const bytes = encodeProfile(profile)
    checker.check('profile', bytes)
    return { name: fileName(profile.sampleTypes), bytes: await zip(bytes) }
  }
}

/** Profiles of the same samples, each with values of its own. */
function groups(profiles: readonly OtlpProfile[]): OtlpProfile[][] {
  const groups: OtlpProfile[][] = []
  for (const profile of profiles) {
    const last = groups.at(-1)
    if (last?.[0] && areSiblings(last[0], profile)) last.push(profile)
    else groups.push([profile])
  }
  return groups
}

function areSiblings(a: OtlpProfile, b: OtlpProfile): boolean {
  const isSame = (one: OtlpSample, other: OtlpSample | undefined) => {
    return (
      other !== undefined &&
      one.stackIndex === other.stackIndex &&
      one.linkIndex === other.linkIndex &&
      isEqual(one.attributeIndices, other.attributeIndices) &&
      isEqual(one.timestampsUnixNano, other.timestampsUnixNano)
    )
  }
  return (
    a.timeUnixNano === b.timeUnixNano &&
    a.durationNano === b.durationNano &&
    a.samples.length === b.samples.length &&
    a.samples.every((sample, i) => isSame(sample, b.samples[i]))
  )
}

function isEqual<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
