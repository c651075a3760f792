import { toNumbers } from '../../pprof/columns'
import type { Profile, ValueType } from '../../pprof/model'

/** One of up to four values that the columns hold per stack. */
export interface KindValue {
  /** Name in queries: `wall`, `alloc_space`. */
  readonly name: string
  readonly unit: string
  /** A state, not an amount: summed over processes, averaged over time. */
  readonly gauge: boolean
  /** The columns count in steps of so many units: below them is noise that would not compress. */
  readonly step: number
}

/** A kind of profile: those of one kind can be summed. */
export interface Kind {
  /** `wall`, `heap`, or for any other `<type>/<unit>` of its values joined by commas. */
  readonly name: string
  readonly values: readonly KindValue[]
}

/** A profile's kind, and which of its own values is which of the kind's; -1 where it has none, which counts as 0. */
export interface RecognisedKind {
  kind: Kind
  columns: number[]
}

const value = (name: string, unit: string, step = 1, gauge = false): KindValue => ({
  name,
  unit,
  gauge,
  step,
})

/** CPU and wall-clock samples, whoever took them. */
export const wallKind: Kind = {
  name: 'wall',
  values: [
    value('samples', 'count'),
    value('wall', 'nanoseconds', 100_000),
    value('cpu', 'nanoseconds', 100_000),
  ],
}

export const heapKind: Kind = {
  name: 'heap',
  values: [
    value('inuse_objects', 'count', 1, true),
    value('inuse_space', 'bytes', 1, true),
    value('alloc_objects', 'count'),
    value('alloc_space', 'bytes'),
  ],
}

/** Other names of the same values: dd-trace before 5.57, Pyroscope's SDK, google/pprof's documentation. */
const aliases: Readonly<Record<string, string>> = {
  sample: 'samples',
  objects: 'inuse_objects',
  space: 'inuse_space',
}

const maxColumns = 4

/** The kind is told by the sample types alone; their order and what else the profile says is the producer's own affair. */
export function recogniseKind(sampleTypes: readonly ValueType[]): RecognisedKind {
  const names = sampleTypes.map(({ type }) => aliases[type] ?? type)
  const fits = (kind: Kind, ...some: string[]) => {
    const known = names.every((name, i) => {
      return kind.values.some((wanted) => wanted.name === name && wanted.unit === sampleTypes[i]?.unit)
    })
    return known && some.some((name) => names.includes(name))
  }
  const match = (kind: Kind) => ({ kind, columns: kind.values.map(({ name }) => names.indexOf(name)) })
  if (fits(wallKind, 'wall', 'cpu')) return match(wallKind)
  if (fits(heapKind, 'inuse_space', 'alloc_space')) return match(heapKind)
  const own = sampleTypes.slice(0, maxColumns)
  const name = own.map(({ type, unit }) => `${type}/${unit}`).join()
  return { kind: kindOf(name), columns: own.map((_, i) => i) }
}

/** The kind of that name; its values are in the name where it is none of ours. */
export function kindOf(name: string): Kind {
  if (name === wallKind.name) return wallKind
  if (name === heapKind.name) return heapKind
  return {
    name,
    values: name.split(',').map((pair) => {
      const slash = pair.lastIndexOf('/')
      return value(pair.slice(0, slash), pair.slice(slash + 1))
    }),
  }
}

/** The place of a value among those of a kind; -1 where it has none of that name. */
export function valueIndex({ values }: Kind, name: string): number {
  return values.findIndex((value) => value.name === name)
}

/** A value of each sample, by its name in queries; undefined where the profile has none of that name. */
export function valueColumn({ sampleTypes, samples }: Profile, name: string): Float64Array | undefined {
  const { kind, columns } = recogniseKind(sampleTypes)
  const column = columns[valueIndex(kind, name)] ?? -1
  return column < 0 ? undefined : toNumbers(samples.values, column, sampleTypes.length)
}
