/** One environment variable: what it may hold, what holds without it. docs/configuration.md lists the same table. */
export interface Variable<T> {
  readonly name: string
  /** Deprecated names, read when `name` is not set. */
  readonly aliases: readonly string[]
  readonly fallback: T
  /** The default as a person would write it into the environment; '' for "not set". */
  readonly fallbackText: string
  /** Completes the sentence "X is not ...". */
  readonly expected: string
  /** A secret's value is never printed. */
  readonly secret: boolean
  /** undefined = refused. `text` is trimmed and not empty. */
  parse(text: string): T | undefined
}

interface Extra {
  aliases?: readonly string[]
  fallbackText?: string
  secret?: boolean
}

function variable<T>(
  name: string,
  expected: string,
  fallback: T,
  parse: (text: string) => T | undefined,
  { aliases = [], fallbackText, secret = false }: Extra = {},
): Variable<T> {
  const text = fallbackText ?? (fallback === undefined ? '' : String(fallback))
  return { name, aliases, fallback, fallbackText: text, expected, secret, parse }
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === '1') return true
  if (lower === 'false' || lower === '0') return false
  return undefined
}

export function boolean(name: string, fallback: boolean, extra?: Extra): Variable<boolean> {
  return variable<boolean>(name, 'true, false, 1 or 0', fallback, parseBoolean, extra)
}

/** Three states: set to true, set to false, not set. */
export function optionalBoolean(name: string): Variable<boolean | undefined> {
  return variable<boolean | undefined>(name, 'true, false, 1 or 0', undefined, parseBoolean)
}

export function integer(
  name: string,
  fallback: number,
  min: number,
  max: number,
  unit?: string,
): Variable<number> {
  const parse = (text: string) => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined
  }
  const what = unit === undefined ? 'a whole number' : `a whole number of ${unit}`
  return variable<number>(name, `${what} from ${min} to ${max}`, fallback, parse)
}

export function text(name: string, extra?: Extra): Variable<string | undefined> {
  return variable<string | undefined>(name, 'text', undefined, (value) => value, extra)
}

/** Text that must match `pattern` as a whole. */
export function pattern(
  name: string,
  expected: string,
  whole: RegExp,
  fallback?: string,
  extra?: Extra,
): Variable<string | undefined> {
  const parse = (value: string) => (whole.test(value) ? value : undefined)
  return variable<string | undefined>(name, expected, fallback, parse, extra)
}

/** A comma-separated list. Names outside `allowed` make the whole value wrong: half a wish is not what was asked for. */
export function list(
  name: string,
  fallback: readonly string[],
  allowed: readonly string[],
): Variable<readonly string[]> {
  const parse = (value: string) => {
    const items = [
      ...new Set(
        value
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      ),
    ]
    return items.every((item) => allowed.includes(item)) ? items : undefined
  }
  const expected = `a comma-separated list of ${allowed.join(', ')}`
  return variable<readonly string[]>(name, expected, fallback, parse, { fallbackText: fallback.join(',') })
}

/** Any other shape. */
export const custom = variable
