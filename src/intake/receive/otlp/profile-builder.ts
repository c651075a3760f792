import { U32Column } from '../../../pprof/columns'
import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'
import { none, type Profile, type ValueType } from '../../../pprof/model'
import { Names } from '../../../pprof/names'
import { type Label, ourLabel } from '../our-labels'
import { plainValue } from './common'
import type { Dictionary, OtlpProfile, OtlpSample, ValueTypeIndices } from './profile-messages'

/** Frames that the stacks of one request may still have: many samples may share one stack, and a pprof has it again for each. */
export interface StackBudget {
  entries: number
}

/**
 * Profiles of one dictionary, of the same samples and one value each, as one pprof with what of the dictionary they use. A sample of
 * several times becomes one for each. Throws CodedError profile_malformed.
 */
export function buildProfile(
  dictionary: Dictionary,
  siblings: readonly OtlpProfile[],
  limits: LimitValues,
  budget: StackBudget,
): Profile {
  return new ProfileBuilder(dictionary, limits, budget).build(siblings)
}

class ProfileBuilder {
  readonly #names = new Names([''])
  readonly #functions = new Map<number, number>()
  readonly #functionColumns = [new U32Column(), new U32Column(), new U32Column(), new U32Column()] as const
  readonly #locations = new Map<number, number>()
  readonly #address: bigint[] = []
  readonly #lineStart = new U32Column()
  readonly #lineFunction = new U32Column()
  readonly #lineNumber = new U32Column()
  readonly #lineColumn = new U32Column()
  readonly #stacks = new Map<number, Uint32Array>()
  readonly #stack = new U32Column()
  readonly #stackStart = new U32Column()
  readonly #labelStart = new U32Column()
  readonly #labelKey = new U32Column()
  readonly #labelStr = new U32Column()
  readonly #labelNum: bigint[] = []
  readonly #values: bigint[] = []

  constructor(
    private readonly dictionary: Dictionary,
    private readonly limits: LimitValues,
    private readonly budget: StackBudget,
  ) {}

  build(siblings: readonly OtlpProfile[]): Profile {
    const [first] = siblings as [OtlpProfile]
    first.samples.forEach((sample, i) => {
      const values = siblings.map(({ samples }) => (samples[i] as OtlpSample).values)
      this.#sample(sample, values)
    })
    this.#stackStart.push(this.#stack.length)
    this.#labelStart.push(this.#labelKey.length)
    this.#lineStart.push(this.#lineFunction.length)
    const [name, systemName, filename, startLine] = this.#functionColumns
    const count = this.#stackStart.length - 1
    const locations = this.#address.length
    return {
      sampleTypes: siblings.map(({ sampleType }) => this.#valueType(sampleType)),
      defaultSampleType: '',
      strings: this.#names.all(),
      samples: {
        count,
        values: BigInt64Array.from(this.#values),
        stackStart: this.#stackStart.finish(),
        stack: this.#stack.finish(),
        labelStart: this.#labelStart.finish(),
        labelKey: this.#labelKey.finish(),
        labelStr: this.#labelStr.finish(),
        labelNum: BigInt64Array.from(this.#labelNum),
        labelUnit: new Uint32Array(this.#labelKey.length),
      },
      locations: {
        count: locations,
        address: BigUint64Array.from(this.#address),
        mapping: new Uint32Array(locations).fill(none),
        folded: new Uint8Array(locations),
        lineStart: this.#lineStart.finish(),
        lineFunction: this.#lineFunction.finish(),
        lineNumber: this.#lineNumber.finish(),
        lineColumn: this.#lineColumn.finish(),
      },
      functions: {
        count: name.length,
        name: name.finish(),
        systemName: systemName.finish(),
        filename: filename.finish(),
        startLine: startLine.finish(),
      },
      mappings: [],
      timeNanos: BigInt.asIntN(64, first.timeUnixNano),
      durationNanos: BigInt.asIntN(64, first.durationNano),
      periodType: first.periodType && this.#valueType(first.periodType),
      period: first.period,
      comments: [],
      dropFrames: '',
      keepFrames: '',
      docUrl: '',
    }
  }

  /** @param values of each sibling: one per time, or where there are no times as many as there were observations */
  #sample(sample: OtlpSample, values: readonly (readonly bigint[])[]): void {
    const times = sample.timestampsUnixNano
    const stack = this.#stackOf(sample.stackIndex)
    const labels = this.#labels(sample)
    if (times.length === 0) {
      const sums = values.map((of) => (of.length === 0 ? 1n : of.reduce((sum, one) => sum + one, 0n)))
      this.#row(stack, labels, sums)
      return
    }
    times.forEach((time, at) => {
      const ofTime = values.map((of) => (of.length === 0 ? 1n : (of[at] ?? 0n)))
      this.#row(stack, [...labels, ['end_timestamp_ns', time]], ofTime)
    })
  }

  #row(stack: Uint32Array, labels: readonly Label[], values: readonly bigint[]): void {
    this.budget.entries -= stack.length + labels.length + 1
    if (this.budget.entries < 0) {
      const limit = this.limits.profileStackEntries
      malformed(`it has more than ${limit} frames in its stacks (limits.profileStackEntries)`)
    }
    this.#stackStart.push(this.#stack.length)
    for (const location of stack) this.#stack.push(location)
    this.#labelStart.push(this.#labelKey.length)
    for (const [key, value] of labels) {
      this.#labelKey.push(this.#names.id(key))
      this.#labelStr.push(typeof value === 'string' ? this.#names.id(value) : 0)
      this.#labelNum.push(typeof value === 'string' ? 0n : BigInt.asIntN(64, value))
    }
    for (const value of values) this.#values.push(BigInt.asIntN(64, value))
  }

  #labels({ attributeIndices, linkIndex }: OtlpSample): Label[] {
    const { attributeTable, linkTable } = this.dictionary
    const labels = attributeIndices.flatMap((index): Label[] => {
      const { keyStrindex, value } = entry(
        attributeTable,
        index,
        'sample.attribute_indices',
        'attribute_table',
      )
      const plain = plainValue(value)
      if (plain === undefined) return []
      const isWhole = typeof plain === 'number' && Number.isInteger(plain)
      return [ourLabel(this.#text(keyStrindex), isWhole ? BigInt(plain) : String(plain))]
    })
    if (linkIndex === 0) return labels
    const { traceId, spanId } = entry(linkTable, linkIndex, 'sample.link_index', 'link_table')
    const hex = (id: Uint8Array) => Buffer.from(id).toString('hex')
    if (/[^0]/.test(hex(spanId))) labels.push(ourLabel('span_id', hex(spanId)))
    if (/[^0]/.test(hex(traceId))) labels.push(ourLabel('trace_id', hex(traceId)))
    return labels
  }

  #stackOf(index: number): Uint32Array {
    const known = this.#stacks.get(index)
    if (known) return known
    const { locationIndices } = entry(this.dictionary.stackTable, index, 'sample.stack_index', 'stack_table')
    // One more than the limit: what reads the pprof cuts it there, and says so in the stack.
    const kept = locationIndices.slice(0, this.limits.stackFrames + 1)
    const stack = Uint32Array.from(kept, (location) => this.#location(location))
    this.#stacks.set(index, stack)
    return stack
  }

  #location(index: number): number {
    const known = this.#locations.get(index)
    if (known !== undefined) return known
    const { address, lines } = entry(
      this.dictionary.locationTable,
      index,
      'stack.location_indices',
      'location_table',
    )
    const at = this.#address.push(address) - 1
    this.#lineStart.push(this.#lineFunction.length)
    for (const { functionIndex, line, column } of lines) {
      this.#lineFunction.push(functionIndex === 0 ? none : this.#function(functionIndex))
      this.#lineNumber.push(position(line))
      this.#lineColumn.push(position(column))
    }
    this.#locations.set(index, at)
    return at
  }

  #function(index: number): number {
    const known = this.#functions.get(index)
    if (known !== undefined) return known
    const found = entry(this.dictionary.functionTable, index, 'line.function_index', 'function_table')
    const [name, systemName, filename, startLine] = this.#functionColumns
    const at = name.length
    name.push(this.#names.id(this.#text(found.nameStrindex)))
    systemName.push(this.#names.id(this.#text(found.systemNameStrindex)))
    filename.push(this.#names.id(this.#text(found.filenameStrindex)))
    startLine.push(position(found.startLine))
    this.#functions.set(index, at)
    return at
  }

  #valueType(type: ValueTypeIndices | undefined): ValueType {
    return { type: this.#text(type?.typeStrindex ?? 0), unit: this.#text(type?.unitStrindex ?? 0) }
  }

  #text(index: number): string {
    return index === 0 ? '' : entry(this.dictionary.stringTable, index, 'a *_strindex', 'string_table')
  }
}

/** A line or column; 0 where it cannot be one. */
function position(number: bigint): number {
  return number > 0n && number < 0xffffffffn ? Number(number) : 0
}

function entry<T>(table: readonly T[], index: number, what: string, called: string): T {
  const found = index < 0 ? undefined : table[index]
  return found ?? malformed(`${what} is ${index}; ${called} has ${table.length} entries`)
}

function malformed(reason: string): never {
  throw new CodedError('profile_malformed', { name: 'profile', reason })
}
