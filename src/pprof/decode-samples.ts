import { U32Column, WordColumn } from './columns'
import type { StringReader } from './decode-strings'
import { FormatError, limitError } from './format-error'
import { referenceError } from './ids'
import type { LimitValues } from './limits'
import { none, type Samples } from './model'
import { bytesType, varintType, type WireReader } from './wire'

/** Stands in a stack for all that was cut off it; no location has this id. */
const cutMark = 0

/** Reads the samples into columns. Stacks hold location ids until the locations are known. */
export class SampleReader {
  readonly stack = new U32Column(4096)
  /** Some stack ends in `cutMark`. */
  cut = false
  /** Values of each sample, all alike. */
  width = 0
  private readonly stackStart = new U32Column(1024)
  private readonly values = new WordColumn(2048)
  private readonly labelStart = new U32Column(1024)
  private readonly labelKey = new U32Column(1024)
  private readonly labelStr = new U32Column(1024)
  private readonly labelNum = new WordColumn(1024)
  private readonly labelUnit = new U32Column(1024)

  constructor(
    private readonly wire: WireReader,
    private readonly strings: StringReader,
    private readonly limits: LimitValues,
  ) {}

  get count(): number {
    return this.stackStart.length
  }

  sample(end: number): void {
    const { wire, limits } = this
    if (this.count === limits.profileSamples) throw limitError(limits, 'profileSamples', this.count + 1)
    this.stackStart.push(this.stack.length)
    this.labelStart.push(this.labelKey.length)
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
    this.labelStart.push(this.labelKey.length)
    return {
      count,
      values: this.values.finishSigned(),
      stackStart: this.stackStart.finish(),
      stack: this.stack.finish(),
      labelStart: this.labelStart.finish(),
      labelKey: this.labelKey.finish(),
      labelStr: this.labelStr.finish(),
      labelNum: this.labelNum.finishSigned(),
      labelUnit: this.labelUnit.finish(),
    }
  }

  private locations(end: number, before: number): number {
    const { wire, stack } = this
    const { stackFrames, profileStackEntries } = this.limits
    let depth = before
    while (wire.pos < end) {
      const id = wire.varint(end)
      if (id === 0 || wire.hi !== 0) throw referenceError(id, wire.hi, 'sample.location_id')
      if (++depth <= stackFrames) {
        stack.push(id)
      } else {
        stack.data[stack.length - 1] = cutMark
        this.cut = true
      }
    }
    if (stack.length > profileStackEntries) {
      throw limitError(this.limits, 'profileStackEntries', stack.length)
    }
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
    const inSample = this.labelKey.length - (this.labelStart.data[this.count - 1] as number)
    if (inSample === limits.sampleLabels) throw limitError(limits, 'sampleLabels', inSample + 1)
    if (this.labelKey.length === limits.profileLabels) {
      throw limitError(limits, 'profileLabels', this.labelKey.length + 1)
    }
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
      if (field === 1) key = strings.index(end, 'label.key')
      else if (field === 2) str = strings.index(end, 'label.str')
      else if (field === 3) {
        wire.expect(varintType, 'label.num')
        lo = wire.varint(end)
        hi = wire.hi
      } else if (field === 4) unit = strings.index(end, 'label.num_unit')
      else wire.skip(end)
    }
    this.labelKey.push(key)
    this.labelStr.push(str)
    this.labelNum.push(lo, hi)
    this.labelUnit.push(unit)
  }

  private checkWidth(width: number): void {
    if (this.count === 1) this.width = width
    if (width === this.width) return
    const message = `sample ${this.count - 1} has ${width} values; those before it have ${this.width}`
    throw new FormatError('pprof_values', message, { what: 'sample.value', value: width, bound: this.width })
  }

  private checkLabelBytes(longBytes: ReadonlyMap<number, number>): void {
    const { limits } = this
    for (let i = 0; i < this.labelKey.length; i++) {
      const name = longBytes.get(this.labelKey.data[i] as number) ?? 0
      const value = longBytes.get(this.labelStr.data[i] as number) ?? 0
      if (name > limits.labelNameBytes) throw limitError(limits, 'labelNameBytes', name)
      if (value > limits.labelValueBytes) throw limitError(limits, 'labelValueBytes', value)
    }
  }
}
