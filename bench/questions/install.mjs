// How much does an application install with each agent? Into an empty folder, install scripts off; megabytes of files.
import { execFileSync } from 'node:child_process'
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const versionOf = (name, folder = root) =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version

export async function ask({ variants }) {
  const packages = {
    peer: () => `dd-trace@${versionOf('dd-trace-5')}`,
    pprof: () => `@datadog/pprof@${versionOf('@datadog/pprof')}`,
    pyroscope: () => `@pyroscope/nodejs@${versionOf('@pyroscope/nodejs')}`,
    sentry: () => `@sentry/profiling-node@${versionOf('@sentry/profiling-node', join(root, 'bench/peers'))}`,
    splunk: () => `@splunk/otel@${versionOf('@splunk/otel')}`,
  }
  const values = {}
  if (variants.includes('ours')) values.ours = [ownMegabytes()]
  for (const name of variants.filter((name) => name in packages)) values[name] = [installed(packages[name]())]
  return [
    {
      what: 'installed size',
      target: '<= 5 MB',
      unit: 'MB',
      digits: 1,
      values,
      note: "Splunk's and dd-trace's contain their tracers",
    },
  ]
}

// What npm would unpack, and what it depends on; the binaries are those that were built here.
function ownMegabytes() {
  const folder = mkdtempSync(join(tmpdir(), 'acme-bench-install-'))
  for (const part of ['dist', 'native/prebuilds', 'docs', 'package.json', 'README.md'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  for (const part of ['dist/intake', 'dist/explorer'])
    rmSync(join(folder, part), { recursive: true, force: true })
  const own = megabytesOf(folder) + megabytesOf(join(root, 'node_modules/node-gyp-build'))
  rmSync(folder, { recursive: true })
  return own
}

function installed(name) {
  const folder = mkdtempSync(join(tmpdir(), 'acme-bench-install-'))
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', name], {
    cwd: folder,
    stdio: 'ignore',
  })
  const size = megabytesOf(join(folder, 'node_modules'))
  rmSync(folder, { recursive: true })
  return size
}

const megabytesOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0) / 1e6
