import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type LimitName, type LimitValues, limits } from '../pprof/limits'
import { type SettingName, settings, variableOf } from './settings'
import { retentionDefaults } from './store/options'
import type { Retention } from './store/profile-store'

/** The settings, checked. */
export interface Settings {
  host: string
  port: number
  dir: string
  keys: Map<string, string>
  allowedHosts: string[]
  retention: Partial<Retention>
  sourceRoots: string[]
  memoryBytes: number
  logLevel: string
  limits: Partial<LimitValues>
  /** Makes the columns anew of the segments. */
  rebuild: boolean
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
    sourceRoots: list(setting('sourceRoots').value).map((root) => resolve(root)),
    memoryBytes: wholeNumber(setting('memory'), 1_048_576, minMemoryMiB) * 2 ** 20,
    logLevel: logLevel.value,
    limits: readLimits(setting('limits')),
    rebuild: flags.rebuild === true,
  }
}

/** A value and where it stands, for messages. */
interface Given {
  where: string
  value: string
}

/** Of less, the database cannot write a batch. */
const minMemoryMiB = 16

const logLevels: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'silent']

function parseFlags(args: readonly string[]): Record<string, unknown> {
  const flags = Object.values(settings).flatMap(({ flag }) => (flag === undefined ? [] : [flag]))
  const options = Object.fromEntries(
    flags.map((flag) => [flag, { type: 'string' as const, multiple: flag === settings.limits.flag }]),
  )
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean' }, rebuild: { type: 'boolean' } },
    }).values
  } catch (error) {
    throw new Error(`${(error as Error).message}; --help shows all options.`)
  }
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
  if (Array.isArray(value) && (name === 'allowedHosts' || name === 'sourceRoots')) return value.join(',')
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
    replaced[name as LimitName] = wholeNumber({ where: `${given.where} ${name}`, value }, 2 ** 31 - 1, 1)
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

function wholeNumber(given: Given, max: number, min = 0): number {
  const value = /^\d{1,10}$/.test(given.value) ? Number(given.value) : Number.NaN
  if (!(value >= min && value <= max)) wrong(given, `a whole number from ${min} to ${max}`)
  return value
}

function wrong({ where, value }: Given, needed: string): never {
  throw new Error(`${where} is ${JSON.stringify(value)}; ${needed} is needed.`)
}
