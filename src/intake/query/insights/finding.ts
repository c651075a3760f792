import type { Insight, InsightRule } from '../../../pprof/answers'
import type { Frame } from '../../store/profile-store'
import { formatSelector } from '../selector'
import type { SelectionParams } from '../types'

/** From where on each rule speaks. */
export const bounds = {
  'gc-share': { bound: 0.1, unit: 'share' },
  'gc-pause': { bound: 100e6, unit: 'nanoseconds' },
  'loop-held': { bound: 100e6, unit: 'nanoseconds' },
  'sync-calls': { bound: 0.02, unit: 'share' },
  json: { bound: 0.05, unit: 'share' },
  'regular-expression': { bound: 0.05, unit: 'share' },
  'module-loading': { bound: 0.02, unit: 'share' },
  'endpoint-share': { bound: 0.5, unit: 'share' },
  'request-cost': { bound: 0.25, unit: 'share' },
  'heap-growth': { bound: 2 ** 20, unit: 'bytes' },
  'cut-stacks': { bound: 0.01, unit: 'share' },
  'no-span': { bound: 0.2, unit: 'share' },
} as const satisfies Record<InsightRule, Omit<Insight['figure'], 'value'>>

interface Finding {
  rule: InsightRule
  service: string
  value: number
  text: string
  /** The view, and its parameters without selector and range. */
  path: string
  params: Record<string, string>
}

/** What a rule found, as the answer has it; nothing where the value is not above the rule's bound. */
export function finding(
  selection: SelectionParams,
  { rule, service, value, text, path, params }: Finding,
): Insight[] {
  const { bound, unit } = bounds[rule]
  if (!(value > bound)) return []
  const { q, fromMs, toMs } = selection
  const own = { q: queryOf(q, service), from: String(Math.floor(fromMs)), to: String(Math.ceil(toMs)) }
  return [
    {
      ...{ rule, service, text, figure: { value, bound, unit } },
      severity: value >= 2 * bound ? 'high' : 'medium',
      link: { path, params: { ...own, ...params } },
    },
  ]
}

/** The query narrowed to one service, and one version of it. */
export function queryOf(q: string, service: string, version?: string): string {
  const terms = [{ key: 'service', pattern: service, negated: false }]
  if (version !== undefined) terms.push({ key: 'version', pattern: version, negated: false })
  return [formatSelector(terms), q].filter((part) => part !== '').join(' ')
}

/** What a function is called in a sentence: one without a name by its place. */
export function calledOf({ name, file, line }: Frame): string {
  if (name !== '(anonymous)' || file === '') return name
  return `${name} at ${file.slice(file.lastIndexOf('/') + 1)}${line > 0 ? `:${line}` : ''}`
}

export function percent(share: number): string {
  return `${share >= 0.0995 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`
}

export function duration(nanos: number): string {
  if (nanos < 1e6) return `${(nanos / 1e3).toPrecision(3)} µs`
  return nanos < 1e9
    ? `${Number((nanos / 1e6).toPrecision(3))} ms`
    : `${Number((nanos / 1e9).toPrecision(3))} s`
}

export function grouped<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}
