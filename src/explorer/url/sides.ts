import { computed } from '@preact/signals'
import { place } from './location'
import { wantedValue, withValue } from './selector'
import { now, type Range, rangeOf } from './time'

export type SideName = 'a' | 'b'

/** One side of a comparison. `shift`: how much earlier than the range of the page. `profile`: the only one, of its own time. */
export interface Side extends Range {
  q: string
  shift: string
  profile: string
}

export const shifts: readonly { name: string; text: string; ms(range: Range): number }[] = [
  { name: '', text: 'the same time', ms: () => 0 },
  { name: 'before', text: 'the period before', ms: ({ fromMs, toMs }) => toMs - fromMs },
  { name: 'day', text: 'a day earlier', ms: () => 86_400_000 },
  { name: 'week', text: 'a week earlier', ms: () => 7 * 86_400_000 },
]

/**
 * `a.q` and `b.q` are whole queries, the page's where absent; `a.shift` and `b.shift` move the time. `a.profile` and `b.profile` are
 * single profiles, which lie between `a.from` and `a.to`, `b.from` and `b.to`.
 */
function sideOf(name: SideName): Side {
  const { params } = place.value
  const profile = params.get(`${name}.profile`) ?? ''
  const range = rangeOf(params, now.value, profile === '' ? '' : `${name}.`)
  const shift = params.get(`${name}.shift`) ?? ''
  const ms = (shifts.find((one) => one.name === shift) ?? shifts[0])?.ms(range) ?? 0
  return {
    q: params.get(`${name}.q`) ?? params.get('q') ?? '',
    shift,
    profile,
    fromMs: range.fromMs - ms,
    toMs: range.toMs - ms,
  }
}

export const sides = computed(() => ({ a: sideOf('a'), b: sideOf('b') }))

const sideParams = ['q', 'shift', 'profile', 'from', 'to'] as const

/** Changes of the address after which nothing is chosen for a side. */
export const clearSide = (name: SideName) =>
  Object.fromEntries(sideParams.map((param) => [`${name}.${param}`, undefined]))

export const clearSides = { ...clearSide('a'), ...clearSide('b') }

/** What is chosen for both sides. */
export const chosenSides = () => ({ ...chosenFor('a', 'a'), ...chosenFor('b', 'b') })

/** Changes of the address that make each side the other. */
export const swapSides = () => ({ ...chosenFor('a', 'b'), ...chosenFor('b', 'a') })

const chosenFor = (name: SideName, from: SideName) =>
  Object.fromEntries(
    sideParams.map((param) => [`${name}.${param}`, place.value.params.get(`${from}.${param}`) ?? undefined]),
  )

/** Changes of the address that make a side a single profile, whose start is in its time. */
export const profileSide = (name: SideName, id: string, { fromMs, toMs }: Range) => ({
  ...clearSide(name),
  ...{ [`${name}.profile`]: id, [`${name}.from`]: String(fromMs), [`${name}.to`]: String(toMs) },
})

/** Changes of the address that compare one version with another. */
export function versionsCompared(q: string, a: string, b: string): Record<string, string | undefined> {
  return {
    ...clearSides,
    'a.q': withValue(q, 'version', a),
    'b.q': withValue(q, 'version', b),
  }
}

export const versionOf = (side: Side) => wantedValue(side.q, 'version')

/** Versions as people count them: 1.9 before 1.10. */
export function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
