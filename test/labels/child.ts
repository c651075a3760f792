import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row, Truth } from '../fixtures/labels-recorder'

const root = join(__dirname, '../..')

export interface Report {
  rows: { truth: Truth; got?: Row }[]
  counts: Record<string, number>
}

/** The node binaries to test with: the running one, and those of the other lines that are installed. */
export const nodes: { line: string; path: string }[] = [
  { line: process.versions.node.split('.')[0] as string, path: process.execPath },
  ...['22', '24', '26']
    .map((line) => ({ line, path: join(root, `node_modules/node-${line}/bin/node`) }))
    .filter(({ line, path }) => existsSync(path) && !process.version.startsWith(`v${line}.`)),
]

/** Runs a fixture with TypeScript support and returns the JSON of the last line that it prints. */
export async function run<T>(
  fixture: string,
  { node = process.execPath, args = [] as string[], env = {} as Record<string, string> } = {},
): Promise<T> {
  const { stdout } = await promisify(execFile)(
    node,
    ['--import', 'tsx', ...args, join('test/fixtures', fixture)],
    {
      cwd: root,
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        DD_TRACE_STARTUP_LOGS: 'false',
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_REMOTE_CONFIGURATION_ENABLED: 'false',
        ...env,
      },
    },
  )
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as T
}
