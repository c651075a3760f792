import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Paths of the stored profiles named `file`, oldest upload first. */
export async function storedProfiles(directory, file) {
  const names = await readdir(directory, { recursive: true })
  const stored = names
    .filter((name) => name.endsWith(file) && !name.startsWith('tmp'))
    .map((name) => join(directory, name))
  const starts = await Promise.all(
    stored.map(async (path) => JSON.parse(await readFile(join(dirname(path), 'event.json'), 'utf8')).start),
  )
  return stored
    .map((path, at) => ({ path, start: starts[at] }))
    .sort((a, b) => (a.start < b.start ? -1 : 1))
    .map(({ path }) => path)
}

/** Prints what the stored profiles say. Throws when they do not show the shop at work. */
export async function printReport(directory) {
  const wall = await storedProfiles(directory, 'wall.pprof')
  const space = await storedProfiles(directory, 'space.pprof')
  if (space.length === 0) throw new Error('no heap profile arrived')
  section('Top functions by CPU', directory, ['--type', 'cpu', '--limit', '15'])
  section('CPU by endpoint', directory, ['--type', 'cpu', '--by', 'endpoint'])
  section('Biggest heap sites, alive at the last upload', space.at(-1), [
    '--type',
    'inuse_space',
    '--by',
    'line',
    '--limit',
    '10',
  ])
  console.log(
    `The pprof files (\`go tool pprof <file>\`, or drop one on speedscope.app):\n${[...wall, ...space].map((path) => `  ${path}`).join('\n')}`,
  )

  const functions = rows(directory, ['--type', 'cpu'])
  expect(
    functions.some(({ file, flat }) => file.includes('examples/shop/') && flat > 0),
    'no CPU in a function of the shop',
  )
  const endpoints = rows(directory, ['--type', 'cpu', '--by', 'endpoint'])
  expect(
    endpoints.some(({ name, flat }) => name.includes('/orders/:status') && flat > 0),
    'no CPU under the endpoint /orders/:status',
  )
  const sites = rows(space.at(-1), ['--type', 'inuse_space', '--by', 'line'])
  expect(
    sites.some(({ file, flat }) => file.includes('examples/shop/') && flat > 0),
    'no heap site in the shop',
  )
}

function section(title, path, options) {
  console.log(`== ${title}`)
  console.log(top(path, options))
}

const rows = (path, options) => JSON.parse(top(path, [...options, '--json'])).rows

function top(path, options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'top', path, ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`acme-profiler top ended with code ${status}: ${stderr}`)
  return stdout
}

function expect(seen, complaint) {
  if (!seen) throw new Error(complaint)
}
