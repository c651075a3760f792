import { createHash } from 'node:crypto'
import { Profile as PprofFormatProfile } from 'pprof-format'
import { decodeProfile } from '../../src/pprof/decode'
import { limitValues } from '../../src/pprof/limits'
import { none } from '../../src/pprof/model'

/** What random_profile.cc says it fed. Texts are indices into `texts` (bytes in hex), 64-bit numbers are decimal strings. */
export interface Model {
  sampleTypes: [type: number, unit: number][]
  periodType: [type: number, unit: number]
  period: string
  time: string
  duration: string
  defaultSampleType: number
  comments: number[]
  samples: [
    frames: [name: number, file: number, startLine: string, line: string, column: string][],
    values: string[],
    labels: [key: number, str: number, num: string, unit: number][],
  ][]
  texts: string[]
}

/** A profile as plain text, the same for equal profiles: the order of the samples and all numbering is gone. */
export interface Plain {
  sampleTypes: string[]
  periodType: string
  period: string
  time: string
  duration: string
  defaultSampleType: string
  comments: string[]
  /** Sorted; each a JSON of frames (leaf first), values and labels. */
  samples: string[]
}

/** The first difference in a line, cut to what fits a screen; undefined where the two are equal. */
export function difference(actual: Plain, expected: Plain): string | undefined {
  for (const field of Object.keys(expected) as (keyof Plain)[]) {
    const [found, wanted] = [[actual[field]].flat(), [expected[field]].flat()]
    for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
      if (found[i] !== wanted[i])
        return `${field} ${i}: ${found[i]?.slice(0, 300)}, not ${wanted[i]?.slice(0, 300)}`
    }
  }
  return undefined
}

/** A long text as its length and hash: a stack of long names would be repeated with each sample. */
const brief = (text: string) =>
  text.length <= 100 ? text : `${text.length}:${createHash('sha256').update(text).digest('hex')}`

const maxStringBytes = 64 * 1024
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The slow, obvious form of ToValidUtf8 (native/utf8.h). */
export function toValidUtf8(bytes: Uint8Array, maxBytes: number): string {
  const text = utf8.decode(bytes).replaceAll('\0', '\ufffd')
  const valid = Buffer.from(text)
  if (valid.length <= maxBytes) return text
  let end = maxBytes
  while (((valid[end] as number) & 0xc0) === 0x80) end--
  return utf8.decode(valid.subarray(0, end))
}

const plainSample = (frames: unknown[], values: string[], labels: unknown[]) =>
  JSON.stringify([frames, values, labels])
const plainLabel = (key: string, str: string, num: string, unit: string) =>
  str === '' ? [key, 'number', num, unit] : [key, 'text', str]
const plainType = (type: string, unit: string) => JSON.stringify([type, unit])

export function plainOfModel(model: Model): Plain {
  const texts = model.texts.map((hex) => brief(toValidUtf8(Buffer.from(hex, 'hex'), maxStringBytes)))
  const text = (index: number) => texts[index] as string
  return {
    sampleTypes: model.sampleTypes.map(([type, unit]) => plainType(text(type), text(unit))),
    periodType: plainType(text(model.periodType[0]), text(model.periodType[1])),
    period: model.period,
    time: model.time,
    duration: model.duration,
    defaultSampleType: text(model.defaultSampleType),
    comments: model.comments.map(text),
    samples: model.samples
      .map(([frames, values, labels]) =>
        plainSample(
          frames.map(([name, file, ...numbers]) => [text(name), text(file), ...numbers]),
          values,
          labels.map(([key, str, num, unit]) => plainLabel(text(key), text(str), num, text(unit))),
        ),
      )
      .sort(),
  }
}

const int64 = (value: number | bigint | undefined) => BigInt.asIntN(64, BigInt(value ?? 0)).toString()

/** Decodes with npm's pprof-format. Throws where ids or indices dangle, or something is in the file that nothing uses. */
export function plainByPprofFormat(bytes: Uint8Array): Plain {
  const profile = PprofFormatProfile.decode(bytes)
  const { strings } = profile.stringTable
  const texts = strings.map(brief)
  const used = { strings: new Set([0]), functions: new Set<number>(), locations: new Set<number>() }
  const text = (index: number | bigint | undefined) => {
    const string = texts[Number(index ?? 0)]
    if (string === undefined) throw new Error(`no string ${index}`)
    used.strings.add(Number(index ?? 0))
    return string
  }
  const functions = new Map(profile.function.map((entry) => [Number(entry.id), entry]))
  const locations = new Map(profile.location.map((entry) => [Number(entry.id), entry]))
  if (functions.has(0) || locations.has(0)) throw new Error('an id is 0')
  if (functions.size !== profile.function.length) throw new Error('a function id comes twice')
  if (locations.size !== profile.location.length) throw new Error('a location id comes twice')
  if (new Set(strings).size !== strings.length) throw new Error('a string comes twice')
  if (strings[0] !== '') throw new Error(`string 0 is ${strings[0]}`)

  const frame = (id: number | bigint) => {
    used.locations.add(Number(id))
    const line = locations.get(Number(id))?.line
    if (line?.length !== 1 || !line[0]) throw new Error(`location ${id} has ${line?.length} lines`)
    const entry = functions.get(Number(line[0].functionId))
    if (!entry) throw new Error(`no function ${line[0].functionId}`)
    used.functions.add(Number(entry.id))
    return [
      text(entry.name),
      text(entry.filename),
      int64(entry.startLine),
      int64(line[0].line),
      int64(line[0].column),
    ]
  }
  const type = (value: { type: number | bigint; unit: number | bigint } | undefined) =>
    plainType(text(value?.type), text(value?.unit))

  const plain = {
    sampleTypes: profile.sampleType.map(type),
    periodType: type(profile.periodType),
    period: int64(profile.period),
    time: int64(profile.timeNanos),
    duration: int64(profile.durationNanos),
    defaultSampleType: text(profile.defaultSampleType),
    comments: profile.comment.map(text),
    samples: profile.sample
      .map((sample) =>
        plainSample(
          sample.locationId.map(frame),
          sample.value.map(int64),
          sample.label.map((label) =>
            plainLabel(text(label.key), text(label.str), int64(label.num), text(label.numUnit)),
          ),
        ),
      )
      .sort(),
  }
  if (used.locations.size !== locations.size) throw new Error('a location is unused')
  if (used.functions.size !== functions.size) throw new Error('a function is unused')
  if (used.strings.size !== strings.length) throw new Error('a string is unused')
  return plain
}

/** Decodes with our own reader, its limits raised to what the encoder may write. */
export function plainByDecoder(bytes: Uint8Array): Plain {
  const unbounded = Object.fromEntries(Object.keys(limitValues()).map((name) => [name, 2 ** 31 - 1]))
  const profile = decodeProfile(bytes, unbounded as ReturnType<typeof limitValues>)
  const { samples, locations, functions } = profile
  const texts = profile.strings.map(brief)
  const at = (column: Uint32Array, index: number) => column[index] as number
  const text = (index: number) => texts[index] as string
  const frame = (location: number) => {
    const line = at(locations.lineStart, location)
    const entry = at(locations.lineFunction, line)
    if (entry === none) throw new Error(`location ${location} has no function`)
    return [
      text(at(functions.name, entry)),
      text(at(functions.filename, entry)),
      String(functions.startLine[entry]),
      String(locations.lineNumber[line]),
      String(locations.lineColumn[line]),
    ]
  }
  const range = (starts: Uint32Array, row: number) => {
    const begin = at(starts, row)
    return Array.from({ length: at(starts, row + 1) - begin }, (_, i) => begin + i)
  }
  const type = ({ type, unit }: { type: string; unit: string }) => plainType(brief(type), brief(unit))
  const width = profile.sampleTypes.length
  return {
    sampleTypes: profile.sampleTypes.map(type),
    periodType: type(profile.periodType ?? { type: '', unit: '' }),
    period: profile.period.toString(),
    time: profile.timeNanos.toString(),
    duration: profile.durationNanos.toString(),
    defaultSampleType: brief(profile.defaultSampleType),
    comments: profile.comments.map(brief),
    samples: Array.from({ length: samples.count }, (_, row) =>
      plainSample(
        range(samples.stackStart, row).map((i) => frame(at(samples.stack, i))),
        Array.from(samples.values.subarray(row * width, (row + 1) * width), String),
        range(samples.labelStart, row).map((i) =>
          plainLabel(
            text(at(samples.labelKey, i)),
            text(at(samples.labelStr, i)),
            String(samples.labelNum[i]),
            text(at(samples.labelUnit, i)),
          ),
        ),
      ),
    ).sort(),
  }
}
