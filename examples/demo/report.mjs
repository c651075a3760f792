import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** The stored profiles named `file`, oldest first. */
export async function storedProfiles(intakeUrl, file, q = 'service:shop') {
  const response = await fetch(`${intakeUrl}/api/v1/profiles?${new URLSearchParams({ q, limit: '1000' })}`)
  const profiles = await response.json()
  return profiles.filter(({ name }) => name === file).sort((a, b) => a.startMs - b.startMs)
}

/** Writes the stored profiles named `file` into a directory. @returns their paths, oldest first */
async function download(intakeUrl, directory, file) {
  await mkdir(directory, { recursive: true })
  const paths = []
  for (const { id, startMs } of await storedProfiles(intakeUrl, file)) {
    const response = await fetch(`${intakeUrl}/api/v1/profile?id=${id}`)
    const path = join(directory, `${startMs}-${file}`)
    await writeFile(path, Buffer.from(await response.arrayBuffer()))
    paths.push(path)
  }
  return paths
}

/** Prints what the stored profiles say. Throws when they do not show the shop at work. */
export async function printReport(intakeUrl, directory) {
  const wall = await download(intakeUrl, directory, 'wall.pprof')
  const space = await download(intakeUrl, directory, 'space.pprof')
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
  console.log(`The ${wall.length + space.length} pprof files (\`go tool pprof <file>\`): ${directory}`)

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
