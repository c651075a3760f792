import { toNumbers } from '../../pprof/columns'
import { decodeProfile } from '../../pprof/decode'
import { limitValues } from '../../pprof/limits'
import type { Profile } from '../../pprof/model'
import { type OpenedFile, TreeMaker } from './tree-maker'

/** It is the person's own file and machine: only what a page can hold bounds it. */
const wide = 50_000_000

const limits = limitValues({
  ...{ profileInflatedBytes: 2 ** 29, profileSamples: wide, profileStackEntries: 8 * wide },
  ...{ profileLabels: wide, profileLocations: wide, profileLines: wide, profileFunctions: wide },
  ...{ profileStrings: wide, profileComments: wide, profileMappings: wide },
})

/** Reads an uncompressed pprof. Throws FormatError. */
export function readPprof(bytes: Uint8Array): OpenedFile {
  const profile = decodeProfile(bytes, limits)
  const { samples, sampleTypes } = profile
  const made = new TreeMaker(sampleTypes.map(({ type, unit }) => ({ name: type, unit })))
  const framesOf = framesOfLocations(profile, made)
  const columns = sampleTypes.map((_, i) => toNumbers(samples.values, i, sampleTypes.length))
  for (let sample = 0; sample < samples.count; sample++) {
    let node = 0
    const from = samples.stackStart[sample] as number
    for (let at = (samples.stackStart[sample + 1] as number) - 1; at >= from; at--) {
      for (const frame of framesOf(samples.stack[at] as number)) node = made.child(node, frame)
    }
    columns.forEach((column, value) => {
      made.weigh(node, value, column[sample] as number)
    })
  }
  return made.finish()
}

/** The frames of a location, the outermost first: what is inlined comes before in pprof. */
function framesOfLocations({ locations, functions, strings }: Profile, made: TreeMaker) {
  const known: number[][] = []
  const frameOf = (fn: number) => {
    if (fn >= functions.count) return made.frameId('(unknown)', '', 0)
    const name = strings[functions.name[fn] as number] || '(anonymous)'
    return made.frameId(
      name,
      strings[functions.filename[fn] as number] ?? '',
      functions.startLine[fn] as number,
    )
  }
  return (location: number): number[] => {
    let frames = known[location]
    if (frames === undefined) {
      const lines = locations.lineFunction.subarray(
        locations.lineStart[location],
        locations.lineStart[location + 1],
      )
      frames = lines.length === 0 ? [made.frameId('(unknown)', '', 0)] : [...lines].reverse().map(frameOf)
      known[location] = frames
    }
    return frames
  }
}
