import { sameKind } from './merge'
import type { Profile } from './model'

/** What people look at first, the most asked for first. */
const usualTypes = ['cpu', 'wall', 'inuse_space', 'alloc_space', 'timeline']

/** Index of the sample type of that name, or -1. Without a name: the profile's own default, a usual type, or the last. */
export function chooseType({ sampleTypes, defaultSampleType }: Profile, name?: string): number {
  const names = sampleTypes.map(({ type }) => type)
  if (name !== undefined) return names.indexOf(name)
  const wanted = [defaultSampleType, ...usualTypes].find((type) => names.includes(type))
  return wanted === undefined ? names.length - 1 : names.indexOf(wanted)
}

/**
 * Of profiles of several kinds, those of one kind that can be summed: the kind of the first that has the sample type,
 * or, without a name, the type most asked for. Empty if none has it.
 */
export function chooseKind<Source extends { readonly profile: Profile }>(
  sources: readonly Source[],
  name?: string,
): Source[] {
  for (const wanted of name === undefined ? [...usualTypes, undefined] : [name]) {
    const first = sources.find(({ profile }) => chooseType(profile, wanted) >= 0)
    if (first) return sources.filter(({ profile }) => sameKind(profile, first.profile))
  }
  return []
}
