import { U32Column } from '../../../pprof/columns'
import type { LimitValues } from '../../../pprof/limits'
import type { Profile, ValueType } from '../../../pprof/model'
import { Names } from '../../../pprof/names'
import { type Label, ourLabel } from '../our-labels'
import { plainValue } from './common'
import { DictionaryTables, entry, malformed } from './dictionary-tables'
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
  readonly #tables: DictionaryTables
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
  ) {
    this.#tables = new DictionaryTables(dictionary, this.#names)
  }

  build(siblings: readonly OtlpProfile[]): Profile {
    const [first] = siblings as [OtlpProfile]
    first.samples.forEach((sample, i) => {
      const values = siblings.map(({ samples }) => (samples[i] as OtlpSample).values)
      this.#sample(sample, values)
    })
    this.#stackStart.push(this.#stack.length)
    this.#labelStart.push(this.#labelKey.length)
    const count = this.#stackStart.length - 1
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
      ...this.#tables.finish(),
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
      return [ourLabel(this.#tables.text(keyStrindex), isWhole ? BigInt(plain) : String(plain))]
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
    const stack = Uint32Array.from(kept, (location) => this.#tables.location(location))
    this.#stacks.set(index, stack)
    return stack
  }

  #valueType(type: ValueTypeIndices | undefined): ValueType {
    return {
      type: this.#tables.text(type?.typeStrindex ?? 0),
      unit: this.#tables.text(type?.unitStrindex ?? 0),
    }
  }
}
