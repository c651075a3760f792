import { MappingReader } from './decode-mappings'
import { SampleReader } from './decode-samples'
import { StringReader } from './decode-strings'
import { FunctionReader, LocationReader } from './decode-tables'
import { FormatError, limitError } from './format-error'
import { resolveIds } from './ids'
import { type LimitValues, limitValues } from './limits'
import { none, type Profile, type ValueType } from './model'
import { SampleColumns } from './sample-columns'
import { bytesType, varintType, WireReader } from './wire'

/**
 * Decodes one uncompressed profile. Takes nothing on trust: every length, index, id and count is checked, and
 * FormatError is the only error. The bytes are not kept.
 *
 * Repaired rather than refused: bytes that are not UTF-8 (U+FFFD), negative lines (unknown), stacks and strings above
 * `limits.stackFrames` and `limits.symbolBytes` (cut; a cut stack has a frame `truncated` at its root).
 *
 * @param columns what its samples are decoded into
 */
export function decodeProfile(
  bytes: Uint8Array,
  limits: LimitValues = limitValues(),
  columns = new SampleColumns(),
): Profile {
  if (bytes.length > limits.profileInflatedBytes)
    throw limitError(limits, 'profileInflatedBytes', bytes.length)
  const reader = new ProfileReader(bytes, limits, columns)
  reader.read()
  return reader.finish()
}

/**
 * As decodeProfile, for a profile that names no sample types, as Splunk's: the caller knows them. Every sample has the same number
 * of values, which may be none: `samples.values.length / samples.count`.
 */
export function decodeUntypedProfile(
  bytes: Uint8Array,
  limits: LimitValues = limitValues(),
  columns = new SampleColumns(),
): Profile {
  if (bytes.length > limits.profileInflatedBytes)
    throw limitError(limits, 'profileInflatedBytes', bytes.length)
  const reader = new ProfileReader(bytes, limits, columns)
  reader.read()
  return reader.finish(false)
}

/** Index of a type's and a unit's name. */
type ValueTypeIndex = [type: number, unit: number]

class ProfileReader {
  private readonly wire: WireReader
  private readonly strings: StringReader
  private readonly samples: SampleReader
  private readonly locations: LocationReader
  private readonly functions: FunctionReader
  private readonly mappings: MappingReader
  private readonly sampleTypes: ValueTypeIndex[] = []
  private readonly comments: number[] = []
  private periodType: ValueTypeIndex | undefined
  private timeNanos = 0n
  private durationNanos = 0n
  private period = 0n
  private dropFrames = 0
  private keepFrames = 0
  private defaultSampleType = 0
  private docUrl = 0

  constructor(
    bytes: Uint8Array,
    private readonly limits: LimitValues,
    columns: SampleColumns,
  ) {
    const wire = new WireReader(bytes)
    const strings = new StringReader(wire, limits)
    this.wire = wire
    this.strings = strings
    this.samples = new SampleReader(wire, strings, limits, columns)
    this.locations = new LocationReader(wire, limits)
    this.functions = new FunctionReader(wire, strings, limits)
    this.mappings = new MappingReader(wire, strings, limits)
  }

  read(): void {
    const { wire } = this
    const end = wire.bytes.length
    while (wire.pos < end) this.field(wire.tag(end), end)
  }

  finish(isTyped = true): Profile {
    const strings = this.strings.finish()
    const text = (index: number) => strings[index] as string
    const valueType = ([type, unit]: ValueTypeIndex): ValueType => ({ type: text(type), unit: text(unit) })
    if (isTyped) this.checkValues()
    const { locations, functions, mappings } = this
    resolveIds(locations.id.finish(), this.samples.stack, 'sample.location_id', 'location')
    resolveIds(functions.id.finish(), locations.lineFunction, 'line.function_id', 'function')
    resolveIds(mappings.id.finish(), locations.mapping, 'location.mapping_id', 'mapping')
    const cutLocation = this.samples.cut ? this.addCutFrame() : none
    return {
      sampleTypes: this.sampleTypes.map(valueType),
      defaultSampleType: text(this.defaultSampleType),
      strings,
      samples: this.samples.finish(cutLocation, this.strings.longBytes),
      locations: locations.finish(),
      functions: functions.finish(),
      mappings: mappings.finish(strings),
      timeNanos: this.timeNanos,
      durationNanos: this.durationNanos,
      periodType: this.periodType && valueType(this.periodType),
      period: this.period,
      comments: this.comments.map(text),
      dropFrames: text(this.dropFrames),
      keepFrames: text(this.keepFrames),
      docUrl: text(this.docUrl),
    }
  }

  private field(field: number, end: number): void {
    const { wire, strings } = this
    switch (field) {
      case 1:
        this.sampleType(this.message('sample_type', end))
        break
      case 2:
        this.samples.sample(this.message('sample', end))
        break
      case 3:
        this.mappings.mapping(this.message('mapping', end))
        break
      case 4:
        this.locations.location(this.message('location', end))
        break
      case 5:
        this.functions.function(this.message('function', end))
        break
      case 6:
        strings.entry(end)
        break
      case 7:
        this.dropFrames = strings.index(end, 'drop_frames')
        break
      case 8:
        this.keepFrames = strings.index(end, 'keep_frames')
        break
      case 9:
        this.timeNanos = this.int64('time_nanos', end)
        break
      case 10:
        this.durationNanos = this.int64('duration_nanos', end)
        break
      case 11:
        this.periodType = this.valueType(
          'period_type',
          this.message('period_type', end),
          this.periodType ?? [0, 0],
        )
        break
      case 12:
        this.period = this.int64('period', end)
        break
      case 13:
        this.comment(end)
        break
      case 14:
        this.defaultSampleType = strings.index(end, 'default_sample_type')
        break
      case 15:
        this.docUrl = strings.index(end, 'doc_url')
        break
      default:
        wire.skip(end)
    }
  }

  private message(what: string, end: number): number {
    this.wire.expect(bytesType, what)
    return this.wire.block(end)
  }

  private int64(what: string, end: number): bigint {
    this.wire.expect(varintType, what)
    return this.wire.int64(end)
  }

  private sampleType(end: number): void {
    const { sampleTypes, limits } = this
    if (sampleTypes.length === limits.profileSampleTypes) {
      throw limitError(limits, 'profileSampleTypes', sampleTypes.length + 1)
    }
    sampleTypes.push(this.valueType('sample_type', end, [0, 0]))
  }

  private valueType(what: string, end: number, [type, unit]: ValueTypeIndex): ValueTypeIndex {
    const { wire, strings } = this
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field === 1) type = strings.index(end, `${what}.type`)
      else if (field === 2) unit = strings.index(end, `${what}.unit`)
      else wire.skip(end)
    }
    return [type, unit]
  }

  private comment(end: number): void {
    const { wire, comments, limits } = this
    const stop = wire.numbers(end, 'comment')
    while (wire.pos < stop) {
      if (comments.length === limits.profileComments) {
        throw limitError(limits, 'profileComments', comments.length + 1)
      }
      comments.push(this.strings.index(stop, 'comment'))
    }
  }

  private checkValues(): void {
    const { count, width } = this.samples
    const bound = this.sampleTypes.length
    if (count === 0 || (width === bound && bound > 0)) return
    const message = `samples have ${width} values; the profile has ${bound} sample types`
    throw new FormatError('pprof_values', message, { what: 'sample.value', value: width, bound })
  }

  /** Adds the frame that ends cut stacks; returns its location. */
  private addCutFrame(): number {
    const { strings, locations, functions } = this
    functions.name.push(strings.strings.push('truncated') - 1)
    functions.systemName.push(0)
    functions.filename.push(0)
    functions.startLine.push(0)
    locations.lineStart.push(locations.lineFunction.length)
    locations.lineFunction.push(functions.name.length - 1)
    locations.lineNumber.push(0)
    locations.lineColumn.push(0)
    locations.mapping.push(none)
    locations.address.push(0, 0)
    locations.folded.push(0)
    return locations.mapping.length - 1
  }
}
