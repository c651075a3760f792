import { invalid } from '../query/params'
import { heapKind, kindOf, wallKind } from '../store/kinds'
import type { ProfileType } from './messages'

/** A value of a kind of profile, as the query API names both. */
export interface Measured {
  kind: string
  value: string
}

const sources: Readonly<Record<string, { name: string; periodType: string; periodUnit: string }>> = {
  [wallKind.name]: { name: 'process_cpu', periodType: 'cpu', periodUnit: 'nanoseconds' },
  [heapKind.name]: { name: 'memory', periodType: 'space', periodUnit: 'bytes' },
}

/** Each value of these kinds as Pyroscope names it: `process_cpu:cpu:nanoseconds:cpu:nanoseconds`. */
export function profileTypes(kinds: readonly string[]): (ProfileType & Measured)[] {
  return kinds.flatMap((kind) =>
    kindOf(kind).values.map(({ name: value, unit }) => {
      const own = sources[kind] ?? { name: 'other', periodType: '', periodUnit: '' }
      // Wall-clock time is a profile of its own in Pyroscope.
      const { name, periodType, periodUnit } = value === 'wall' ? { ...own, name: 'wall' } : own
      const clean = (text: string) => text.replaceAll(':', '_')
      const parts = [name, clean(value), clean(unit), periodType, periodUnit]
      const type = { name, sampleType: value, sampleUnit: unit, periodType, periodUnit }
      return { ID: parts.join(':'), ...type, kind, value }
    }),
  )
}

/** The kind and value of an id, of the kinds that there are. Throws CodedError query_invalid. */
export function measuredOf(id: string, kinds: readonly string[]): Measured {
  const found = profileTypes([...new Set([wallKind.name, heapKind.name, ...kinds])]).find(
    ({ ID }) => ID === id,
  )
  if (found === undefined) invalid('profileTypeID', `is ${JSON.stringify(id)}, which is none`)
  return { kind: found.kind, value: found.value }
}
