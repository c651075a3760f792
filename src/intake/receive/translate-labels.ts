import type { Profile, Samples } from '../../pprof/model'
import { Names } from '../../pprof/names'
import { isForeign, ourLabel } from './our-labels'

/** The profile with its labels as ourLabel has them; the very same profile where all of them are ours. */
export function translateLabels(profile: Profile): Profile {
  const { strings, samples } = profile
  const foreign = new Set(strings.flatMap((key, index) => (isForeign(key) ? [index] : [])))
  if (!samples.labelKey.some((key) => foreign.has(key))) return profile
  const names = new Names(strings)
  const labelKey = samples.labelKey.slice()
  const labelStr = samples.labelStr.slice()
  const labelNum = samples.labelNum.slice()
  for (let at = 0; at < labelKey.length; at++) {
    const index = labelKey[at] as number
    if (!foreign.has(index)) continue
    const str = labelStr[at] as number
    const old = str === 0 ? (labelNum[at] as bigint) : (strings[str] as string)
    const [key, value] = ourLabel(strings[index] as string, old)
    labelKey[at] = names.id(key)
    labelStr[at] = typeof value === 'string' ? names.id(value) : 0
    labelNum[at] = typeof value === 'bigint' ? BigInt.asIntN(64, value) : 0n
  }
  const translated: Samples = { ...samples, labelKey, labelStr, labelNum }
  return { ...profile, strings: names.all(), samples: translated }
}
