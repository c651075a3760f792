import { variables } from './config'
import type { Variable } from './variables'

/** Options of start(), each in place of the environment variable named. */
export interface StartOptions {
  /** Name of the service. `DD_SERVICE` */
  service?: string | undefined
  /** Environment, `prod`. `DD_ENV` */
  env?: string | undefined
  /** Version of the service. `DD_VERSION` */
  version?: string | undefined
  /** Where the intake or the Datadog Agent listens: `http://`, `https://` or `unix://`. `DD_TRACE_AGENT_URL` */
  url?: string | undefined
  /** Seconds between two uploads, 1 to 3600; 60 if not set. `DD_PROFILING_UPLOAD_PERIOD` */
  uploadPeriodS?: number | undefined
}

interface Option {
  type: 'string' | 'number'
  variable: Variable<unknown>
}

const options: Record<keyof StartOptions, Option> = {
  service: { type: 'string', variable: variables.service },
  env: { type: 'string', variable: variables.env },
  version: { type: 'string', variable: variables.version },
  url: { type: 'string', variable: variables.agentUrl },
  uploadPeriodS: { type: 'number', variable: variables.uploadPeriodS },
}

/** The variables that `given` stands for; what is no option or has no sensible value is left out, one complaint for each. Never throws. */
export function overridesOf(given: unknown): { overrides: Record<string, string>; complaints: string[] } {
  const overrides: Record<string, string> = {}
  const complaints: string[] = []
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    complaints.push(`start(): ${shown(given)} is no object of options; it is ignored.`)
    return { overrides, complaints }
  }
  for (const [name, value] of entriesOf(given)) {
    if (value === undefined) continue
    const option = Object.hasOwn(options, name) ? options[name as keyof StartOptions] : undefined
    if (option === undefined) {
      complaints.push(
        `start(): there is no option ${shown(name)}; there are ${Object.keys(options).join(', ')}.`,
      )
      continue
    }
    const text = typeof value === option.type ? String(value).trim() : ''
    if (text !== '' && option.variable.parse(text) !== undefined) overrides[option.variable.name] = text
    else
      complaints.push(`start(): ${name}=${shown(value)} is not ${option.variable.expected}; it is ignored.`)
  }
  return { overrides, complaints }
}

// A getter or a proxy of the application may throw.
function entriesOf(given: object): [string, unknown][] {
  try {
    return Object.entries(given)
  } catch {
    return []
  }
}

// One line, of bounded length, without passwords: it goes to the application's standard error.
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  const text =
    typeof value === 'string' ? JSON.stringify(value.replace(/\/\/[^/]*@/, '//***@')) : typeof value
  return text.length > 100 ? `${text.slice(0, 100)}..."` : text
}
