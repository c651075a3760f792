import { computed } from '@preact/signals'
import type { Params } from '../api/client'
import { place } from './location'
import { type Range, range } from './time'

export const kinds: readonly { kind: string; value: string; text: string }[] = [
  { kind: 'wall', value: 'cpu', text: 'CPU time' },
  { kind: 'wall', value: 'wall', text: 'Wall time' },
  { kind: 'heap', value: 'inuse_space', text: 'Heap live size' },
  { kind: 'heap', value: 'inuse_objects', text: 'Heap live objects' },
  { kind: 'heap', value: 'alloc_space', text: 'Allocated size' },
  { kind: 'heap', value: 'alloc_objects', text: 'Allocated objects' },
]

/** What is measured: `kind` and `value`, CPU time where the address says nothing. */
export const measured = computed(() => {
  const { params } = place.value
  return { kind: params.get('kind') ?? 'wall', value: params.get('value') ?? 'cpu' }
})

/** Parameters of the address that narrow the samples, by their names in the query API. */
const filters = ['endpoint', 'thread', 'function', 'traceId'] as const

export type FilterName = (typeof filters)[number]

export const filter = computed(() => {
  const { params } = place.value
  return Object.fromEntries(
    filters.flatMap((name) => (params.has(name) ? [[name, params.get(name) as string]] : [])),
  ) as Partial<Record<FilterName, string>>
})

/** Labels that samples must have: `labels.<key>=<value>` in the address, as in the query API. */
export const labelFilter = computed(() =>
  [...place.value.params].filter(([name]) => name.startsWith('labels.') && name.length > 'labels.'.length),
)

/** The selection as the query API takes it. */
export const selection = computed((): Params => ({ q: place.value.params.get('q') ?? '', ...range.value }))

/** The part of time that a person chose in a timeline, `sel=<from>_<to>` in the address: finer than the minutes of the range. */
export const moment = computed((): Range | undefined => {
  const [fromMs, toMs] = (place.value.params.get('sel') ?? '').split('_').map(Number)
  return fromMs !== undefined && toMs !== undefined && fromMs < toMs ? { fromMs, toMs } : undefined
})

export const formatMoment = ({ fromMs, toMs }: Range) => `${fromMs.toFixed(1)}_${toMs.toFixed(1)}`

/** It as queries of samples take it. */
export const momentFilter = computed(
  (): Params =>
    moment.value ? { 'filter.fromMs': moment.value.fromMs, 'filter.toMs': moment.value.toMs } : {},
)

/** Filters of the address as queries of samples take them, but for the chosen time and profile. */
export const sampleFilter = computed(
  (): Params =>
    Object.fromEntries(
      [...Object.entries(filter.value), ...labelFilter.value].map(([name, value]) => [
        `filter.${name}`,
        value,
      ]),
    ),
)

/** Selection, measure and filter: what most queries take. */
export const aggregate = computed((): Params => {
  const profile = place.value.params.get('profile')
  return {
    ...selection.value,
    ...measured.value,
    ...sampleFilter.value,
    ...(profile && { 'filter.profileIds': [profile] }),
    ...momentFilter.value,
    per: place.value.params.get('per') ?? undefined,
  }
})

/** Whether anything but selection and range leaves samples out. */
export const isFiltered = computed(
  () => Object.keys(filter.value).length + labelFilter.value.length > 0 || moment.value !== undefined,
)

/** Parameters that go along from view to view, beside the filters. */
const common = ['q', 't', 'from', 'to', 'kind', 'value', 'per', 'by'] as const

export function kept(): Record<string, string | undefined> {
  return {
    ...keptWithoutFilters(),
    sel: place.value.params.get('sel') ?? undefined,
    ...filter.value,
    ...Object.fromEntries(labelFilter.value),
  }
}

/** For the overview, which begins anew: it is of all services. */
export function keptWithoutFilters(): Record<string, string | undefined> {
  const { params } = place.value
  return Object.fromEntries(common.map((name) => [name, params.get(name) ?? undefined]))
}

const allFilters = ['endpoint', 'thread', 'function', 'traceId', 'labels', 'sel', 'profile']
const filtersOf: Record<string, readonly string[]> = {
  '/endpoints': ['function', 'sel'],
  '/traces': ['endpoint', 'function', 'sel'],
  '/profiles': [],
}

/** Whether the view that is open shows the chosen measure; the others have measures of their own, in columns. */
export const isMeasured = computed(() => !['/endpoints', '/traces', '/profiles'].includes(place.value.path))

/** Whether the view that is open leaves out what a filter leaves out. */
export function isApplied(name: string): boolean {
  const key = name.startsWith('labels.') ? 'labels' : name
  return (filtersOf[place.value.path] ?? allFilters).includes(key)
}
