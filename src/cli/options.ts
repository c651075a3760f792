import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Client, type Params } from './client'
import { Refusal } from './refusal'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/** What every command that asks an intake takes. */
const common = { url: text, from: text, to: text, json: flag, limit: text } as const

/** What says which samples are meant. */
const filters = {
  kind: text,
  value: text,
  per: text,
  endpoint: text,
  thread: text,
  function: text,
  trace: text,
} as const

type Options = NonNullable<ParseArgsConfig['options']>

/** A command's arguments, read. */
export interface Arguments {
  client: Client
  positionals: string[]
  /** `fromMs` and `toMs`. */
  range: Params
  filter: Params
  limit: number
  json: boolean
  /** Options of this command alone. */
  own: Readonly<Record<string, string | string[] | undefined>>
}

/** Reads the arguments of one command. Throws Refusal. */
export function readArguments(argv: readonly string[], own: Options = {}, usualLimit = 20): Arguments {
  const { values, positionals } = parse(argv, { ...common, ...filters, ...own })
  const given = values as Record<string, string | undefined>
  const limit = Number(given.limit ?? usualLimit)
  if (!Number.isInteger(limit) || limit < 1)
    throw new Refusal(`--limit is ${given.limit}; it must be an integer from 1`)
  const { env } = process
  const nowMs = Date.now()
  return {
    client: new Client(given.url ?? env.ACME_INTAKE_URL ?? 'http://127.0.0.1:8126', env.ACME_INTAKE_KEY),
    positionals,
    range: {
      fromMs: timeMs('--from', given.from ?? '1h', nowMs),
      toMs: timeMs('--to', given.to ?? '0m', nowMs),
    },
    filter: {
      kind: given.kind ?? kindOf(given.value),
      value: given.value,
      per: given.per,
      'filter.endpoint': given.endpoint,
      'filter.thread': given.thread,
      'filter.function': given.function,
      'filter.traceId': given.trace,
    },
    limit,
    json: (values as { json?: boolean }).json === true,
    own: values as Arguments['own'],
  }
}

/** CPU where nothing is said: wall time is mostly waiting. */
export function withUsualValue(filter: Params): Params {
  return filter.kind === undefined && filter.value === undefined ? { ...filter, value: 'cpu' } : filter
}

/** The kind of profile that has a value of this name. */
export function kindOf(value: string | undefined): string | undefined {
  return value !== undefined && /^(alloc|inuse)_/.test(value) ? 'heap' : undefined
}

/** What parseArgs has to say, and what helps. */
export function wrongOption(error: unknown): Refusal {
  const [text = ''] = (error as Error).message.split(/\. (?=To specify)/)
  const hint = /'-[^-]/.test(text) ? "; a selector that begins with '-' goes behind --" : ''
  return new Refusal(`${text}; --help shows all${hint}`)
}

function parse(argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    throw wrongOption(error)
  }
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30m`, `2h` and `7d` ago, a date, or epoch milliseconds. */
function timeMs(option: string, given: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(given) ?? []
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (unitsMs[unit] as number)
  const ms = /^\d{12,14}$/.test(given) ? Number(given) : Date.parse(given)
  if (Number.isNaN(ms))
    throw new Refusal(`${option} is ${given}; it must be a date, or an age like 30m, 2h, 7d`)
  return ms
}
