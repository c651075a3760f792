import { toNumbers } from './columns'
import type { Profile } from './model'

/** One row of a table. `flat` and `cum` are sums in the unit of the sample type, as doubles: exact up to 2^53. */
export interface TopRow {
  /** The function's name or the label's value. */
  readonly name: string
  /** `''` where there is none. */
  readonly file: string
  /** The executing line, for a function the one with most of its `cum`. 0 is unknown. */
  readonly line: number
  /** Spent in this very place. */
  readonly flat: number
  /** Spent in it and in all that it called; a sample in which it recurs counts once. */
  readonly cum: number
}

/** Rows by `flat` and then `cum`, both falling. */
export interface Top {
  readonly rows: readonly TopRow[]
  /** Sum over all samples. */
  readonly total: number
}

/** Frames that are the same place of the code, as one group. */
interface Places {
  readonly groups: Omit<TopRow, 'flat' | 'cum'>[]
  /** Group of each entry of `Locations.lineFunction`. */
  readonly ofLine: Uint32Array
}

/** Sums by executing line: function, file and line. Of `inuse_space` and `alloc_space` these are the heap's sites. */
export function topByLine(profile: Profile, sampleType: number): Top {
  const places = placesOf(profile, true)
  const { flat, cum, total } = sumFrames(profile, sampleType, places)
  return rank(
    places.groups.map((place, i) => ({ ...place, flat: flat[i] ?? 0, cum: cum[i] ?? 0 })),
    total,
  )
}

/** Sums by function: name and file. */
export function topByFunction(profile: Profile, sampleType: number): Top {
  const lines = placesOf(profile, true)
  const places = placesOf(profile, false)
  const byLine = sumFrames(profile, sampleType, lines)
  const { flat, cum, total } = sumFrames(profile, sampleType, places)
  const hottest = new Float64Array(places.groups.length).fill(-Infinity)
  const lineOf = new Uint32Array(places.groups.length)
  places.ofLine.forEach((group, i) => {
    const line = lines.ofLine[i] as number
    const heat = byLine.cum[line] as number
    if (heat <= (hottest[group] as number)) return
    hottest[group] = heat
    lineOf[group] = lines.groups[line]?.line ?? 0
  })
  const rows = places.groups.map(({ name, file }, i) => {
    return { name, file, line: lineOf[i] ?? 0, flat: flat[i] ?? 0, cum: cum[i] ?? 0 }
  })
  return rank(rows, total)
}

/** Sums by the value of a label such as `trace endpoint`; samples without it are `(none)`. */
export function topByLabel(profile: Profile, sampleType: number, key: string): Top {
  const { samples, strings, sampleTypes } = profile
  const values = toNumbers(samples.values, sampleType, sampleTypes.length)
  const sums = new Map<string, number>()
  let total = 0
  for (let sample = 0; sample < samples.count; sample++) {
    const value = values[sample] as number
    const end = samples.labelStart[sample + 1] as number
    let label = samples.labelStart[sample] as number
    while (label < end && strings[samples.labelKey[label] as number] !== key) label++
    const name = label < end ? labelText(profile, label) : '(none)'
    sums.set(name, (sums.get(name) ?? 0) + value)
    total += value
  }
  const rows = Array.from(sums, ([name, sum]) => ({ name, file: '', line: 0, flat: sum, cum: sum }))
  return rank(rows, total)
}

/** Datadog writes span ids, which have 64 bits without a sign, into the signed number of a label. */
const unsignedKeys = new Set(['span id', 'local root span id'])

function labelText({ samples, strings }: Profile, label: number): string {
  const str = samples.labelStr[label] as number
  if (str !== 0) return strings[str] as string
  const num = samples.labelNum[label] as bigint
  const key = strings[samples.labelKey[label] as number] as string
  const unit = strings[samples.labelUnit[label] as number] as string
  const digits = String(unsignedKeys.has(key) ? BigInt.asUintN(64, num) : num)
  return unit === '' ? digits : `${digits} ${unit}`
}

function placesOf({ functions, locations, strings }: Profile, byLine: boolean): Places {
  const ids = new Map<string, number>()
  const groups: Places['groups'] = []
  const ofLine = locations.lineFunction.map((fn, i) => {
    const name = strings[functions.name[fn] ?? 0] || '(anonymous)'
    const file = strings[functions.filename[fn] ?? 0] as string
    const line = byLine ? (locations.lineNumber[i] as number) : 0
    const key = `${line} ${file}\0${name}`
    let group = ids.get(key)
    if (group === undefined) {
      group = groups.push({ name, file, line }) - 1
      ids.set(key, group)
    }
    return group
  })
  return { groups, ofLine }
}

/** Adds up every sample's value: `flat` at its innermost frame, `cum` once at each group on its stack. */
function sumFrames({ samples, locations, sampleTypes }: Profile, sampleType: number, places: Places) {
  const values = toNumbers(samples.values, sampleType, sampleTypes.length)
  const flat = new Float64Array(places.groups.length)
  const cum = new Float64Array(places.groups.length)
  const lastSample = new Int32Array(places.groups.length).fill(-1)
  let total = 0
  for (let sample = 0; sample < samples.count; sample++) {
    const value = values[sample] as number
    total += value
    const end = samples.stackStart[sample + 1] as number
    let innermost = true
    for (let at = samples.stackStart[sample] as number; at < end; at++) {
      const location = samples.stack[at] as number
      const lineEnd = locations.lineStart[location + 1] as number
      for (let line = locations.lineStart[location] as number; line < lineEnd; line++) {
        const group = places.ofLine[line] as number
        if (innermost) flat[group] = (flat[group] as number) + value
        innermost = false
        if (lastSample[group] === sample) continue
        lastSample[group] = sample
        cum[group] = (cum[group] as number) + value
      }
    }
  }
  return { flat, cum, total }
}

function rank(rows: TopRow[], total: number): Top {
  const seen = rows.filter((row) => row.flat !== 0 || row.cum !== 0)
  return { rows: seen.sort((a, b) => b.flat - a.flat || b.cum - a.cum), total }
}
