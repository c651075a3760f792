import { boolean, custom, integer, list, optionalBoolean, pattern, text, type Variable } from './variables'

/** How one attachment is compressed. */
export interface Compression {
  method: 'off' | 'gzip' | 'zstd'
  /** gzip 1..9, zstd 1..22. */
  level: number | undefined
}

/** What the agent was asked to do. Plain data: it is handed to the uploader's worker as it is. */
export interface Config {
  /** `auto`: on once the process has lived for `longLivedThresholdMs` and a span was seen. */
  enabled: 'on' | 'off' | 'auto'
  longLivedThresholdMs: number
  service: string | undefined
  env: string | undefined
  version: string | undefined
  /** DD_TAGS without service, env and version. */
  tags: Record<string, string>
  /** undefined: the operating system's host name; false: none. */
  hostname: string | false | undefined
  git: { enabled: boolean; commitSha: string | undefined; repositoryUrl: string | undefined }
  wall: boolean
  heap: boolean
  cpu: boolean
  codeHotspots: boolean
  endpoints: boolean
  timeline: boolean
  allocation: boolean
  asyncContextFrame: boolean
  heapSamplingIntervalBytes: number
  /** What sampling may cost a thread, percent of its CPU; 0: no bound. */
  maxOverheadPercent: number
  sourceMaps: boolean
  uploadPeriodMs: number
  /** One attempt, from connecting to the end of the answer. */
  uploadTimeoutMs: number
  /** How long the process's end may be held up by the last upload. */
  shutdownTimeoutMs: number
  exporters: readonly ('agent' | 'file')[]
  pprofPrefix: string
  compression: Compression
  /** Where the agent listens: DD_TRACE_AGENT_URL, or made of DD_AGENT_HOST and DD_TRACE_AGENT_PORT; undefined: neither is set. */
  agentUrl: string | undefined
  /** Upload to https://intake.profile.<site> with `apiKey`, past any agent. */
  agentless: boolean
  site: string
  apiKey: string | undefined
  externalEnv: string | undefined
  spool: { dir: string | undefined; maxBytes: number }
}

/** DD_API_KEY and the like: what fits into a header. */
const headerText = /^[\x21-\x7e]{1,256}$/
const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*\.?$/i

/** Every variable that the agent reads. docs/configuration.md has a row for each. */
export const variables = {
  enabled: custom<Config['enabled']>(
    'DD_PROFILING_ENABLED',
    'true, false, 1, 0 or auto',
    'on',
    (value) => enabledStates[value.toLowerCase()],
    { aliases: ['DD_EXPERIMENTAL_PROFILING_ENABLED'], fallbackText: 'true' },
  ),
  longLivedThresholdMs: integer(
    'DD_INTERNAL_PROFILING_LONG_LIVED_THRESHOLD',
    30_000,
    1,
    86_400_000,
    'milliseconds',
  ),
  service: text('DD_SERVICE', { aliases: ['DD_SERVICE_NAME'] }),
  env: text('DD_ENV'),
  version: text('DD_VERSION'),
  tags: custom<Record<string, string>>('DD_TAGS', 'a list of key:value', {}, parseTagList, {
    fallbackText: '',
  }),
  hostname: text('DD_HOSTNAME'),
  reportHostname: boolean('DD_TRACE_REPORT_HOSTNAME', true),
  gitEnabled: boolean('DD_TRACE_GIT_METADATA_ENABLED', true),
  gitCommitSha: pattern('DD_GIT_COMMIT_SHA', 'a commit hash of 7 to 64 hex digits', /^[0-9a-f]{7,64}$/i),
  gitRepositoryUrl: text('DD_GIT_REPOSITORY_URL'),
  profilers: list('DD_PROFILING_PROFILERS', ['space', 'wall'], ['space', 'wall', 'cpu']),
  wall: optionalBoolean('DD_PROFILING_WALLTIME_ENABLED'),
  heap: optionalBoolean('DD_PROFILING_HEAP_ENABLED'),
  cpu: boolean('DD_PROFILING_CPU_ENABLED', true, { aliases: ['DD_PROFILING_EXPERIMENTAL_CPU_ENABLED'] }),
  codeHotspots: boolean('DD_PROFILING_CODEHOTSPOTS_ENABLED', true, {
    aliases: ['DD_PROFILING_EXPERIMENTAL_CODEHOTSPOTS_ENABLED'],
  }),
  endpoints: boolean('DD_PROFILING_ENDPOINT_COLLECTION_ENABLED', true, {
    aliases: ['DD_PROFILING_EXPERIMENTAL_ENDPOINT_COLLECTION_ENABLED'],
  }),
  timeline: boolean('DD_PROFILING_TIMELINE_ENABLED', true, {
    aliases: ['DD_PROFILING_EXPERIMENTAL_TIMELINE_ENABLED'],
  }),
  allocation: boolean('DD_PROFILING_ALLOCATION_ENABLED', true),
  asyncContextFrame: boolean('DD_PROFILING_ASYNC_CONTEXT_FRAME_ENABLED', true),
  heapSamplingIntervalBytes: integer(
    'DD_PROFILING_HEAP_SAMPLING_INTERVAL',
    524_288,
    1_024,
    1_073_741_824,
    'bytes',
  ),
  maxOverheadPercent: custom<number>(
    'DD_PROFILING_MAX_OVERHEAD',
    'a number of percent from 0 to 100',
    2,
    (value) => (/^\d+(\.\d+)?$/.test(value) && Number(value) <= 100 ? Number(value) : undefined),
  ),
  sourceMaps: boolean('DD_PROFILING_SOURCE_MAP', true),
  uploadPeriodS: integer('DD_PROFILING_UPLOAD_PERIOD', 60, 1, 3_600, 'seconds'),
  uploadTimeoutMs: integer('DD_PROFILING_UPLOAD_TIMEOUT', 60_000, 1, 3_600_000, 'milliseconds'),
  exporters: list('DD_PROFILING_EXPORTERS', ['agent'], ['agent', 'file']),
  pprofPrefix: text('DD_PROFILING_PPROF_PREFIX'),
  compression: custom<Compression>(
    'DD_PROFILING_DEBUG_UPLOAD_COMPRESSION',
    'on, off, gzip, gzip-1 to gzip-9, zstd or zstd-1 to zstd-22',
    { method: 'gzip', level: undefined },
    parseCompression,
    { fallbackText: 'on' },
  ),
  agentUrl: custom<string | undefined>(
    'DD_TRACE_AGENT_URL',
    'an http:, https: or unix: URL',
    undefined,
    parseAgentUrl,
  ),
  agentHost: pattern(
    'DD_AGENT_HOST',
    'a host name or an address',
    /^\[?[0-9a-f:.]+\]?$|^[a-z0-9_][a-z0-9_.-]{0,252}$/i,
  ),
  agentPort: integer('DD_TRACE_AGENT_PORT', 8126, 1, 65_535),
  agentless: optionalBoolean('DD_PROFILING_AGENTLESS'),
  site: pattern('DD_SITE', 'a host name', hostName, 'datadoghq.com'),
  apiKey: pattern('DD_API_KEY', 'text without blanks', headerText, undefined, { secret: true }),
  externalEnv: pattern('DD_EXTERNAL_ENV', 'text of printable ASCII', /^[\x20-\x7e]{1,256}$/),
  shutdownTimeoutMs: integer('ACME_PROFILING_SHUTDOWN_TIMEOUT', 2_000, 0, 60_000, 'milliseconds'),
  spoolDir: text('ACME_PROFILING_SPOOL_DIR'),
  spoolBytes: integer('ACME_PROFILING_SPOOL_MAX_BYTES', 16_777_216, 0, 1_073_741_824, 'bytes'),
} satisfies Record<string, Variable<never> | Variable<unknown>>

const enabledStates: Record<string, Config['enabled']> = {
  true: 'on',
  1: 'on',
  false: 'off',
  0: 'off',
  auto: 'auto',
}

/** Reads the environment. Never throws; each complaint is one line that names a variable, its value and what is used instead. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): {
  config: Config
  complaints: string[]
} {
  const complaints: string[] = []
  const isSet = (variable: Variable<unknown>) => rawValue(environment, variable) !== undefined
  function read<T>(variable: Variable<T>): T {
    const raw = rawValue(environment, variable)
    if (raw === undefined) return variable.fallback
    const value = variable.parse(raw.text)
    if (value !== undefined) return value
    const using = variable.fallbackText === '' ? 'it is ignored' : `using ${variable.fallbackText}`
    complaints.push(
      `${raw.name}=${printable(raw.text, variable.secret)} is not ${variable.expected}; ${using}.`,
    )
    return variable.fallback
  }

  const tags = { ...read(variables.tags) }
  const takeTag = (key: string) => {
    const value = tags[key]
    delete tags[key]
    return value
  }
  const [tagService, tagEnv, tagVersion] = ['service', 'env', 'version'].map(takeTag)
  const profilers = read(variables.profilers)
  const hasWall = profilers.includes('wall') || profilers.includes('cpu')
  const reportHostname = read(variables.reportHostname)
  const apiKey = read(variables.apiKey)
  const site = read(variables.site) as string
  const agentUrl = read(variables.agentUrl)
  const agentHost = read(variables.agentHost)
  const agentPort = read(variables.agentPort)
  const addressGiven = agentUrl !== undefined || agentHost !== undefined || isSet(variables.agentPort)
  let agentless =
    read(variables.agentless) ?? (apiKey !== undefined && isSet(variables.site) && !addressGiven)
  if (agentless && apiKey === undefined) {
    complaints.push('DD_PROFILING_AGENTLESS=true needs DD_API_KEY, which is not set; using the agent.')
    agentless = false
  }
  const config: Config = {
    enabled: read(variables.enabled),
    longLivedThresholdMs: read(variables.longLivedThresholdMs),
    service: read(variables.service) ?? tagService,
    env: read(variables.env) ?? tagEnv,
    version: read(variables.version) ?? tagVersion,
    tags,
    hostname: reportHostname && read(variables.hostname),
    git: {
      enabled: read(variables.gitEnabled),
      commitSha: read(variables.gitCommitSha),
      repositoryUrl: read(variables.gitRepositoryUrl),
    },
    wall: read(variables.wall) ?? hasWall,
    heap: read(variables.heap) ?? profilers.includes('space'),
    cpu: read(variables.cpu),
    codeHotspots: read(variables.codeHotspots),
    endpoints: read(variables.endpoints),
    timeline: read(variables.timeline),
    allocation: read(variables.allocation),
    asyncContextFrame: read(variables.asyncContextFrame),
    heapSamplingIntervalBytes: read(variables.heapSamplingIntervalBytes),
    maxOverheadPercent: read(variables.maxOverheadPercent),
    sourceMaps: read(variables.sourceMaps),
    uploadPeriodMs: read(variables.uploadPeriodS) * 1_000,
    uploadTimeoutMs: read(variables.uploadTimeoutMs),
    shutdownTimeoutMs: read(variables.shutdownTimeoutMs),
    exporters: read(variables.exporters) as Config['exporters'],
    pprofPrefix: read(variables.pprofPrefix) ?? '',
    compression: read(variables.compression),
    agentUrl:
      agentUrl ?? (addressGiven ? `http://${bracketed(agentHost ?? '127.0.0.1')}:${agentPort}` : undefined),
    agentless,
    site,
    apiKey,
    externalEnv: read(variables.externalEnv),
    spool: { dir: read(variables.spoolDir), maxBytes: read(variables.spoolBytes) },
  }
  return { config, complaints }
}

function rawValue(environment: Readonly<Record<string, string | undefined>>, variable: Variable<unknown>) {
  for (const name of [variable.name, ...variable.aliases]) {
    const value = environment[name]?.trim()
    if (value) return { name, text: value }
  }
  return undefined
}

// One line, of bounded length, without secrets: it goes to the application's standard error.
function printable(value: string, secret: boolean): string {
  if (secret) return '***'
  const plain = value.replace(/\/\/[^/]*@/, '//***@')
  return JSON.stringify(plain.length > 100 ? `${plain.slice(0, 100)}...` : plain)
}

// dd-trace splits at commas if there is one, at blanks otherwise.
function parseTagList(value: string): Record<string, string> | undefined {
  const tags: Record<string, string> = Object.create(null)
  for (const pair of value.split(value.includes(',') ? ',' : /\s+/)) {
    const colon = pair.indexOf(':')
    if (pair.trim() === '') continue
    const key = pair.slice(0, Math.max(0, colon)).trim()
    const item = pair.slice(colon + 1).trim()
    if (key === '') return undefined
    if (item !== '') tags[key] = item
  }
  return { ...tags }
}

function parseCompression(value: string): Compression | undefined {
  if (value === 'on') return { method: 'gzip', level: undefined }
  if (value === 'off') return { method: 'off', level: undefined }
  const found = /^(?:(gzip)(?:-([1-9]))?|(zstd)(?:-([1-9]|1\d|2[0-2]))?)$/.exec(value)
  if (!found) return undefined
  const level = found[2] ?? found[4]
  return { method: found[1] ? 'gzip' : 'zstd', level: level === undefined ? undefined : Number(level) }
}

function parseAgentUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined
  const url = new URL(value)
  if (url.protocol === 'unix:') return url.pathname.length > 1 || url.host !== '' ? value : undefined
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? value : undefined
}

const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)
