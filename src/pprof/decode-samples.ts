import type { U32Column, WordColumn } from './columns'
import type { StringReader } from './decode-strings'
import { FormatError, limitError } from './format-error'
import { referenceError } from './ids'
import type { LabelColumns } from './label-columns'
import type { LimitValues } from './limits'
import { none, type Samples } from './model'
import type { SampleColumns } from './sample-columns'
import { bytesType, varintType, type WireReader } from './wire'

/** Stands in a stack for all that was cut off it; no location has this id. */
const cutMark = 0

const labelFields = ['', 'label.key', 'label.str', 'label.num', 'label.num_unit']

/** Reads the samples into columns. Stacks hold location ids until the locations are known. */
export class SampleReader {
  readonly stack: U32Column
  /** Some stack ends in `cutMark`. */
  cut = false
  /** Values of each sample, all alike. */
  width = 0
  private readonly stackStart: U32Column
  private readonly values: WordColumn
  private readonly labelStart: U32Column
  private readonly labels: LabelColumns

  constructor(
    private readonly wire: WireReader,
    private readonly strings: StringReader,
    private readonly limits: LimitValues,
    columns: SampleColumns,
  ) {
    columns.reset(wire.bytes.length)
    this.stack = columns.stack
    this.stackStart = columns.stackStart
    this.values = columns.values
    this.labelStart = columns.labelStart
    this.labels = columns.labels
  }

  get count(): number {
    return this.stackStart.length
  }

  sample(end: number): void {
    const { wire, limits } = this
    if (this.count === limits.profileSamples) throw limitError(limits, 'profileSamples', this.count + 1)
    this.stackStart.push(this.stack.length)
    this.labelStart.push(this.labels.count)
    const valuesBefore = this.values.length
    let depth = 0
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field === 1) depth = this.locations(wire.numbers(end, 'sample.location_id'), depth)
      else if (field === 2) this.valuesOf(wire.numbers(end, 'sample.value'), valuesBefore)
      else if (field === 3) this.label(this.labelEnd(end))
      else wire.skip(end)
    }
    this.checkWidth(this.values.length - valuesBefore)
  }

  /** `cutLocation` is what `cutMark` stands for, `longBytes` the bytes of strings too long for some label. */
  finish(cutLocation: number, longBytes: ReadonlyMap<number, number>): Samples {
    if (longBytes.size > 0) this.checkLabelBytes(longBytes)
    if (this.cut) {
      this.stack.data.forEach((location, at, data) => {
        if (location === none) data[at] = cutLocation
      })
    }
    const { count } = this
    this.stackStart.push(this.stack.length)
    this.labelStart.push(this.labels.count)
    return {
      count,
      values: this.values.finishSigned(),
      stackStart: this.stackStart.finish(),
      stack: this.stack.finish(),
      labelStart: this.labelStart.finish(),
      ...this.labels.finish(),
    }
  }

  private locations(end: number, before: number): number {
    const { wire, stack } = this
    const { bytes } = wire
    const { stackFrames, profileStackEntries } = this.limits
    const data = stack.reserve(end - wire.pos)
    let { length } = stack
    let depth = before
    let pos = wire.pos
    while (pos < end) {
      let id = bytes[pos++] as number
      if (id >= 0x80) {
        const next = bytes[pos] as number
        if (pos < end && next < 0x80) {
          id = (id & 0x7f) | (next << 7)
          pos++
        } else {
          wire.pos = pos - 1
          id = wire.varint(end)
          pos = wire.pos
          if (wire.hi !== 0) throw referenceError(id, wire.hi, 'sample.location_id')
        }
      }
      if (id === 0) throw referenceError(0, 0, 'sample.location_id')
      if (++depth <= stackFrames) {
        data[length++] = id
      } else {
        data[length - 1] = cutMark
        this.cut = true
      }
    }
    wire.pos = pos
    stack.length = length
    if (length > profileStackEntries) throw limitError(this.limits, 'profileStackEntries', length)
    return depth
  }

  private valuesOf(end: number, before: number): void {
    const { wire, values } = this
    const full = before + this.limits.profileSampleTypes
    while (wire.pos < end) {
      if (values.length === full) {
        throw limitError(this.limits, 'profileSampleTypes', this.limits.profileSampleTypes + 1)
      }
      const lo = wire.varint(end)
      values.push(lo, wire.hi)
    }
  }

  private labelEnd(end: number): number {
    const { wire, limits } = this
    wire.expect(bytesType, 'sample.label')
    const { count } = this.labels
    const inSample = count - (this.labelStart.data[this.count - 1] as number)
    if (inSample === limits.sampleLabels) throw limitError(limits, 'sampleLabels', inSample + 1)
    if (count === limits.profileLabels) throw limitError(limits, 'profileLabels', count + 1)
    return wire.block(end)
  }

  private label(end: number): void {
    const { wire, strings } = this
    let key = 0
    let str = 0
    let lo = 0
    let hi = 0
    let unit = 0
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field > 4) {
        wire.skip(end)
        continue
      }
      if (wire.wireType !== varintType) wire.expect(varintType, labelFields[field] as string)
      const number = wire.varint(end)
      if (field === 3) {
        lo = number
        hi = wire.hi
        continue
      }
      if (number > strings.highest || wire.hi !== 0) strings.pointTo(number, labelFields[field] as string)
      if (field === 1) key = number
      else if (field === 2) str = number
      else unit = number
    }
    this.labels.push(key, str, lo, hi, unit)
  }

  private checkWidth(width: number): void {
    if (this.count === 1) this.width = width
    if (width === this.width) return
    const message = `sample ${this.count - 1} has ${width} values; those before it have ${this.width}`
    throw new FormatError('pprof_values', message, { what: 'sample.value', value: width, bound: this.width })
  }

  private checkLabelBytes(longBytes: ReadonlyMap<number, number>): void {
    const { limits, labels } = this
    for (let i = 0; i < labels.count; i++) {
      const name = longBytes.get(labels.key[i] as number) ?? 0
      const value = longBytes.get(labels.str[i] as number) ?? 0
      if (name > limits.labelNameBytes) throw limitError(limits, 'labelNameBytes', name)
      if (value > limits.labelValueBytes) throw limitError(limits, 'labelValueBytes', value)
    }
  }
}
