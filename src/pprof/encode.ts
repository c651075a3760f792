import { halvesOf } from './columns'
import { type Locations, type Mapping, none, type Profile, type Samples, type ValueType } from './model'
import { Names } from './names'
import { WireWriter } from './wire-writer'

/**
 * Encodes a profile, uncompressed, so that `decodeProfile` gives an equal one: ids are numbered from 1, strings keep
 * their places. Throws nothing for a profile that was decoded or merged.
 */
export function encodeProfile(profile: Profile): Uint8Array {
  const out = new WireWriter()
  const strings = new Names(profile.strings)
  const valueType = ({ type, unit }: ValueType) => {
    out.number(1, strings.id(type))
    out.number(2, strings.id(unit))
  }
  for (const type of profile.sampleTypes) out.block(1, () => valueType(type))
  writeSamples(out, profile.samples, profile.sampleTypes.length)
  profile.mappings.forEach((mapping, i) => {
    out.block(3, () => writeMapping(out, mapping, i + 1, strings))
  })
  writeLocations(out, profile.locations)
  writeFunctions(out, profile)
  out.number(7, strings.id(profile.dropFrames))
  out.number(8, strings.id(profile.keepFrames))
  out.bigint(9, profile.timeNanos)
  out.bigint(10, profile.durationNanos)
  const { periodType } = profile
  if (periodType) out.block(11, () => valueType(periodType))
  out.bigint(12, profile.period)
  if (profile.comments.length > 0) {
    out.block(13, () => {
      for (const comment of profile.comments) out.packed(strings.id(comment))
    })
  }
  out.number(14, strings.id(profile.defaultSampleType))
  out.number(15, strings.id(profile.docUrl))
  for (const text of strings.all()) out.text(6, text)
  return out.finish()
}

function writeSamples(out: WireWriter, samples: Samples, width: number): void {
  const values = halvesOf(samples.values)
  const nums = halvesOf(samples.labelNum)
  for (let i = 0; i < samples.count; i++) {
    out.block(2, () => {
      const stack = samples.stack.subarray(samples.stackStart[i], samples.stackStart[i + 1])
      if (stack.length > 0) {
        out.block(1, () => {
          for (const location of stack) out.packed(location + 1)
        })
      }
      out.block(2, () => {
        for (let at = i * width; at < (i + 1) * width; at++) {
          out.packed(values[2 * at] as number, values[2 * at + 1])
        }
      })
      const end = samples.labelStart[i + 1] as number
      for (let at = samples.labelStart[i] as number; at < end; at++) {
        out.block(3, () => {
          out.number(1, samples.labelKey[at] as number)
          const str = samples.labelStr[at] as number
          const [lo, hi] = [nums[2 * at] as number, nums[2 * at + 1] as number]
          out.number(2, str)
          if (str === 0 || lo !== 0 || hi !== 0) out.word(3, lo, hi)
          out.number(4, samples.labelUnit[at] as number)
        })
      }
    })
  }
}

function writeMapping(out: WireWriter, mapping: Mapping, id: number, strings: Names): void {
  out.number(1, id)
  out.bigint(2, mapping.memoryStart)
  out.bigint(3, mapping.memoryLimit)
  out.bigint(4, mapping.fileOffset)
  out.number(5, strings.id(mapping.filename))
  out.number(6, strings.id(mapping.buildId))
  out.number(7, Number(mapping.hasFunctions))
  out.number(8, Number(mapping.hasFilenames))
  out.number(9, Number(mapping.hasLineNumbers))
  out.number(10, Number(mapping.hasInlineFrames))
}

function writeLocations(out: WireWriter, locations: Locations): void {
  for (let i = 0; i < locations.count; i++) {
    out.block(4, () => {
      const mapping = locations.mapping[i] as number
      out.number(1, i + 1)
      if (mapping !== none) out.number(2, mapping + 1)
      out.bigint(3, locations.address[i] as bigint)
      const end = locations.lineStart[i + 1] as number
      for (let line = locations.lineStart[i] as number; line < end; line++) {
        out.block(4, () => {
          const called = locations.lineFunction[line] as number
          if (called !== none) out.number(1, called + 1)
          out.number(2, locations.lineNumber[line] as number)
          out.number(3, locations.lineColumn[line] as number)
        })
      }
      out.number(5, locations.folded[i] as number)
    })
  }
}

function writeFunctions(out: WireWriter, { functions }: Profile): void {
  for (let i = 0; i < functions.count; i++) {
    out.block(5, () => {
      out.number(1, i + 1)
      out.number(2, functions.name[i] as number)
      out.number(3, functions.systemName[i] as number)
      out.number(4, functions.filename[i] as number)
      out.number(5, functions.startLine[i] as number)
    })
  }
}
