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
  sourceRoots: {
    flag: 'source-roots',
    default: '',
    of: 'directories of which the explorer may show source files (JavaScript and TypeScript) to everybody who may ask this intake, joined by commas; in the file a list',
  },
  memory: { flag: 'memory', default: '64', of: "MiB that the columns' database may take" },
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

/** `allowedHosts` → `ACME_INTAKE_ALLOWED_HOSTS`. */
export function variableOf(name: SettingName): string {
  return `ACME_INTAKE_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

/** What `--help` prints. */
export function usage(): string {
  const rows = Object.entries(settings).map(([name, { flag, default: value, of }]) => {
    const shown = flag === undefined ? '' : `--${flag}`
    return `  ${shown.padEnd(16)} ${variableOf(name as SettingName).padEnd(26)} ${of}${value && ` (${value})`}`
  })
  const rebuild = `  ${'--rebuild'.padEnd(43)} makes the columns anew of the segments, and goes on as usual`
  return [
    'Intake of @acme/profiler: receives profiles and spans, and keeps them on disk.',
    ...rows,
    rebuild,
  ].join('\n')
}
