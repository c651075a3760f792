import { computed } from '@preact/signals'
import { place } from './location'
import { wantedValue, withValue } from './selector'
import { now, type Range, rangeOf } from './time'

export type SideName = 'a' | 'b'

/** One side of a comparison. `shift`: how much earlier than the range of the page. */
export interface Side extends Range {
  q: string
  shift: string
}

export const shifts: readonly { name: string; text: string; ms(range: Range): number }[] = [
  { name: '', text: 'the same time', ms: () => 0 },
  { name: 'before', text: 'the period before', ms: ({ fromMs, toMs }) => toMs - fromMs },
  { name: 'day', text: 'a day earlier', ms: () => 86_400_000 },
  { name: 'week', text: 'a week earlier', ms: () => 7 * 86_400_000 },
]

/** `a.q` and `b.q` are whole queries, the page's where absent; `a.shift` and `b.shift` move the time. */
function sideOf(name: SideName): Side {
  const { params } = place.value
  const range = rangeOf(params, now.value)
  const shift = params.get(`${name}.shift`) ?? ''
  const ms = (shifts.find((one) => one.name === shift) ?? shifts[0])?.ms(range) ?? 0
  return {
    q: params.get(`${name}.q`) ?? params.get('q') ?? '',
    shift,
    fromMs: range.fromMs - ms,
    toMs: range.toMs - ms,
  }
}

export const sides = computed(() => ({ a: sideOf('a'), b: sideOf('b') }))

/** Changes of the address that compare one version with another. */
export function versionsCompared(q: string, a: string, b: string): Record<string, string | undefined> {
  return {
    'a.q': withValue(q, 'version', a),
    'b.q': withValue(q, 'version', b),
    'a.shift': undefined,
    'b.shift': undefined,
  }
}

export const versionOf = (side: Side) => wantedValue(side.q, 'version')

/** Versions as people count them: 1.9 before 1.10. */
export function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
