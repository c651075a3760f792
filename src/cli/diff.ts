import type { Comparison } from '../pprof/answers'
import { printable } from '../pprof/top-text'
import { refuseEmpty } from './nothing'
import { kindOf, readArguments } from './options'
import { Refusal } from './refusal'
import { placeOf, words } from './table'

/** `cpu +5%` */
interface Bound {
  value: string
  /** A share of the first selection's total; negative for a fall. */
  change: number
  text: string
}

/** A comparison as text, and whether a bound was passed. */
export interface Compared {
  lines: string[]
  failed: boolean
}

/** `diff <selector A> <selector B> [--fail-on 'cpu +5%']`: a Markdown table for a pull request, or JSON. */
export async function diff(argv: readonly string[]): Promise<Compared> {
  const own = { 'fail-on': { type: 'string', multiple: true } } as const
  const { client, positionals, range, filter, limit, json, own: given } = readArguments(argv, own)
  const [a, b, ...rest] = positionals
  if (a === undefined || b === undefined || rest.length > 0)
    throw new Refusal("expected: diff '<selector>' '<selector>'")
  const bounds = ((given['fail-on'] as string[] | undefined) ?? []).map(readBound)
  const values = [
    ...new Set([...bounds.map(({ value }) => value), filter.value ?? bounds[0]?.value ?? 'cpu']),
  ]
  const comparisons = await Promise.all(
    values.map((value) => {
      const sides = { 'a.q': a, 'b.q': b, ...prefixed('a', range), ...prefixed('b', range) }
      const per = filter.per ?? 'second'
      const kind = filter.kind ?? kindOf(String(value))
      return client.json<Comparison>('compare', { ...filter, ...sides, kind, value, per, limit })
    }),
  )
  for (const comparison of comparisons) {
    // What only one side has is a finding.
    const total = comparison.aTotal + comparison.bTotal
    refuseEmpty(a, range, comparison.a, total)
    refuseEmpty(b, range, comparison.b, total)
  }
  const passed = bounds.filter(({ value, change }) => {
    const { aTotal, bTotal } = comparisons[values.indexOf(value)] as Comparison
    return aTotal > 0 && (change < 0 ? bTotal <= aTotal * (1 + change) : bTotal >= aTotal * (1 + change))
  })
  const failed = passed.length > 0
  if (json)
    return {
      lines: [JSON.stringify({ failed, passed: passed.map(({ text }) => text), comparisons })],
      failed,
    }
  const lines = comparisons.flatMap((comparison) => markdown(comparison))
  return { lines: [...lines, ...passed.map(({ text }) => `**Failed: ${text}**`)], failed }
}

function readBound(text: string): Bound {
  const [, value, sign, number] = /^([a-z_]+)\s*([+-])\s*(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  if (value === undefined || sign === undefined || number === undefined) {
    throw new Refusal(`--fail-on is ${text}; it must be like 'cpu +5%'`)
  }
  return { value, change: (Number(number) / 100) * (sign === '-' ? -1 : 1), text: text.trim() }
}

function markdown({ a, b, aTotal, bTotal, functions }: Comparison): string[] {
  const show = words(a, Math.max(aTotal, bTotal))
  const row = (name: string, before: number, after: number, chance: string) => {
    return `| ${name} | ${show(before)} | ${show(after)} | ${show(after - before)} | ${changeOf(before, after)} | ${chance} |`
  }
  return [
    `| ${a.value} | A (${a.profiles} profiles) | B (${b.profiles} profiles) | change | | by chance |`,
    '|---|---:|---:|---:|---:|---:|',
    row('**all**', aTotal, bTotal, ''),
    ...functions.map(({ frame, aSelf, bSelf, chance }) => {
      return row(
        `${code(frame.name)} ${code(placeOf(frame))}`,
        aSelf,
        bSelf,
        chance < 0.001 ? '< 0.1%' : `${(100 * chance).toFixed(1)}%`,
      )
    }),
    '',
  ]
}

function changeOf(before: number, after: number): string {
  if (before === 0) return after === 0 ? '' : 'new'
  const percent = (100 * (after - before)) / before
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)}%`
}

/** Text out of a profile as Markdown that cannot be anything else. */
function code(text: string): string {
  return text === '' ? '' : `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``
}

const prefixed = (prefix: string, params: object) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`${prefix}.${name}`, value]))
