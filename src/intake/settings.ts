import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type LimitName, type LimitValues, limits } from '../pprof/limits'
import { retentionDefaults } from './store/options'
import type { Retention } from './store/profile-store'

/**
 * Every setting of the intake's command, by its name in the file. Its environment variable is stronger than the file, its flag stronger
 * than both. docs/intake.md has the table too, held by a test.
 */
export const settings = {
  config: {
    flag: 'config',
    default: '',
    of: 'JSON file with the settings below, by the names of this column',
  },
  host: { flag: 'host', default: '127.0.0.1', of: 'address to listen on; one that others reach needs keys' },
  port: { flag: 'port', default: '8126', of: "TCP port; 8126 is the Datadog Agent's, 0 any free one" },
  dir: { flag: 'dir', default: 'acme-profiles', of: 'directory of the store' },
  keys: { flag: undefined, default: '', of: 'keys as `name:key`, joined by commas; in the file an object' },
  allowedHosts: {
    flag: 'allowed-hosts',
    default: '',
    of: 'host names that clients use beside `localhost` and addresses, joined by commas; in the file a list',
  },
  retention: {
    flag: 'retention',
    default: '',
    of: 'days that are kept, as `blobs=8,samples=8,spans=8,profiles=30,stackRollUps=90,functionRollUps=400,pinned=365`',
  },
  memory: { flag: 'memory', default: '256', of: "MiB that the columns' database may take" },
  logLevel: {
    flag: 'log-level',
    default: 'info',
    of: '`fatal`, `error`, `warn`, `info`, `debug` or `silent`',
  },
  limits: { flag: 'limit', default: '', of: '`name=value` of the table of limits, joined by commas' },
} as const satisfies Record<string, Setting>

/** One row. Flags and variables are texts; nobody gives a key as a flag, which every user of the machine can see. */
interface Setting {
  flag: string | undefined
  default: string
  of: string
}

export type SettingName = keyof typeof settings

/** The settings, checked. */
export interface Settings {
  host: string
  port: number
  dir: string
  keys: Map<string, string>
  allowedHosts: string[]
  retention: Partial<Retention>
  memoryBytes: number
  logLevel: string
  limits: Partial<LimitValues>
}

/** `allowedHosts` → `ACME_INTAKE_ALLOWED_HOSTS`. */
export function variableOf(name: SettingName): string {
  return `ACME_INTAKE_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

/**
 * Reads flags, environment and file. Undefined where help is asked for. Throws an Error whose message names the setting and its value.
 */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings | undefined {
  const flags = parseFlags(args)
  if (flags.help === true) return undefined
  const given = (name: SettingName): Given | undefined => {
    const { flag } = settings[name]
    const value = flag === undefined ? undefined : flags[flag]
    if (Array.isArray(value)) return { where: `--${flag}`, value: value.join(',') }
    if (typeof value === 'string') return { where: `--${flag}`, value }
    const variable = env[variableOf(name)]
    return variable === undefined ? undefined : { where: variableOf(name), value: variable }
  }
  const path = given('config')?.value
  const file = path ? readFile(path) : {}
  const setting = (name: SettingName): Given => {
    const strong = given(name)
    if (strong) return strong
    const value = file[name]
    if (value === undefined) return { where: name, value: settings[name].default }
    return { where: `${name} in ${path}`, value: asText(name, value, path ?? '') }
  }
  const logLevel = setting('logLevel')
  if (!logLevels.includes(logLevel.value)) wrong(logLevel, `one of ${logLevels.join(', ')}`)
  return {
    host: setting('host').value,
    port: wholeNumber(setting('port'), 65_535),
    dir: resolve(setting('dir').value),
    keys: readKeys(setting('keys')),
    allowedHosts: list(setting('allowedHosts').value),
    retention: readRetention(setting('retention')),
    memoryBytes: wholeNumber(setting('memory'), 1_048_576) * 2 ** 20,
    logLevel: logLevel.value,
    limits: readLimits(setting('limits')),
  }
}

/** What `--help` prints. */
export function usage(): string {
  const rows = Object.entries(settings).map(([name, { flag, default: value, of }]) => {
    const shown = flag === undefined ? '' : `--${flag}`
    return `  ${shown.padEnd(16)} ${variableOf(name as SettingName).padEnd(26)} ${of}${value && ` (${value})`}`
  })
  return ['Intake of @acme/profiler: receives profiles and spans, and keeps them on disk.', ...rows].join(
    '\n',
  )
}

/** A value and where it stands, for messages. */
interface Given {
  where: string
  value: string
}

const logLevels: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'silent']

function parseFlags(args: readonly string[]): Record<string, unknown> {
  const flags = Object.values(settings).flatMap(({ flag }) => (flag === undefined ? [] : [flag]))
  const options = Object.fromEntries(
    flags.map((flag) => [flag, { type: 'string' as const, multiple: flag === settings.limits.flag }]),
  )
  return parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean' } } }).values
}

function readFile(path: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : 'no JSON'}.`)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Error(`${path} holds no JSON object.`)
  }
  for (const name of Object.keys(json)) {
    if (!Object.hasOwn(settings, name))
      throw new Error(`${path}: there is no setting ${JSON.stringify(name)}.`)
  }
  return json as Record<string, unknown>
}

// The file may say a list or an object where a variable has to join texts.
function asText(name: SettingName, value: unknown, path: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  const between = name === 'keys' ? ':' : '='
  const isPairs = name === 'keys' || name === 'limits' || name === 'retention'
  if (Array.isArray(value) && name === 'allowedHosts') return value.join(',')
  if (typeof value === 'object' && value !== null && isPairs) {
    return Object.entries(value)
      .map(([key, item]) => `${key}${between}${item}`)
      .join(',')
  }
  throw new Error(`${name} in ${path} is ${JSON.stringify(value)}; see docs/intake.md.`)
}

function readKeys({ where, value }: Given): Map<string, string> {
  const keys = new Map<string, string>()
  for (const pair of list(value)) {
    const [, name, key] = /^([\w-]+):(\S{16,})$/.exec(pair) ?? []
    // The value is a secret: it is not said again.
    if (name === undefined || key === undefined) {
      throw new Error(
        `${where}: every key is name:key, the name of letters and digits, the key of 16 or more.`,
      )
    }
    keys.set(name, key)
  }
  return keys
}

function readLimits(given: Given): Partial<LimitValues> {
  const replaced: Partial<LimitValues> = {}
  for (const pair of list(given.value)) {
    const [name = '', value = ''] = pair.split('=', 2)
    if (!Object.hasOwn(limits, name)) {
      throw new Error(`${given.where} ${pair}: there is no limit of that name (see docs/intake.md).`)
    }
    replaced[name as LimitName] = wholeNumber({ where: `${given.where} ${name}`, value }, 2 ** 31 - 1)
  }
  return replaced
}

function readRetention(given: Given): Partial<Retention> {
  const replaced: Partial<Retention> = {}
  for (const pair of list(given.value)) {
    const [name = '', value = ''] = pair.split('=', 2)
    const key = `${name}Ms` as keyof Retention
    if (!Object.hasOwn(retentionDefaults, key)) {
      throw new Error(`${given.where} ${pair}: there is no retention of that name (see docs/intake.md).`)
    }
    replaced[key] = wholeNumber({ where: `${given.where} ${name}`, value }, 36_500) * 86_400_000
  }
  return replaced
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function wholeNumber(given: Given, max: number): number {
  const value = /^\d{1,10}$/.test(given.value) ? Number(given.value) : Number.NaN
  if (!(value <= max)) wrong(given, `a whole number from 0 to ${max}`)
  return value
}

function wrong({ where, value }: Given, needed: string): never {
  throw new Error(`${where} is ${JSON.stringify(value)}; ${needed} is needed.`)
}
