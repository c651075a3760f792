import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { heapKind, type Kind, kindOf, valueIndex, wallKind } from '../store/kinds'
import type { Selection, TimeRange } from '../store/profile-store'
import { parseSelector } from './selector'
import type { AggregateParams, SelectionParams } from './types'

const dayMs = 86_400_000

export function invalid(field: string, reason: string): never {
  throw new CodedError('query_invalid', { field, reason })
}

export function checkRange({ fromMs, toMs }: TimeRange, limits: LimitValues): TimeRange {
  // Where only the end was given, the start is counted from it.
  for (const [field, value] of Object.entries({ toMs, fromMs })) {
    if (!Number.isFinite(value) || value < 0 || value > 8.64e15)
      invalid(field, 'is not a time in epoch milliseconds')
  }
  if (toMs <= fromMs) invalid('toMs', 'is not after fromMs')
  const days = (toMs - fromMs) / dayMs
  if (days > limits.queryDays) {
    const details = {
      actual: Math.ceil(days),
      unit: 'days',
      limit: limits.queryDays,
      knob: 'limits.queryDays',
    }
    throw new CodedError('query_too_large', details)
  }
  return { fromMs, toMs }
}

export function selectionOf(params: SelectionParams, limits: LimitValues): Selection {
  if (typeof params.q !== 'string') invalid('q', 'is not a string')
  return { selector: parseSelector(params.q), ...checkRange(params, limits) }
}

/** A kind of which there may be profiles; any other would answer with nothing. */
export function checkKind(kind: string): string {
  if (kind !== wallKind.name && kind !== heapKind.name && !kind.includes('/'))
    invalid('kind', 'is none of wall, heap, <type>/<unit>')
  return kind
}

/** The kind asked for, and the index of its value. */
export function measuredValue(params: Pick<AggregateParams, 'kind' | 'value'>): {
  kind: Kind
  index: number
} {
  const kind = kindOf(checkKind(params.kind ?? wallKind.name))
  const index =
    params.value === undefined ? Math.min(1, kind.values.length - 1) : valueIndex(kind, params.value)
  if (index < 0) invalid('value', `is none of ${kind.values.map(({ name }) => name).join(', ')}`)
  return { kind, index }
}

export function boundedCount(field: string, value: number | undefined, usual: number, max: number): number {
  if (value === undefined) return usual
  if (!Number.isInteger(value) || value < 1 || value > max)
    invalid(field, `is not a whole number from 1 to ${max}`)
  return value
}

export function checkGroupBy(groupBy: readonly string[] = []): string[] {
  if (
    !Array.isArray(groupBy) ||
    groupBy.length > 3 ||
    groupBy.some((key) => typeof key !== 'string' || key === '')
  ) {
    invalid('groupBy', 'is not a list of at most 3 tags')
  }
  return [...new Set(groupBy)]
}
