import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Paths of the stored pprof files of one kind (`wall` or `space`), oldest first. */
export async function storedProfiles(directory, kind) {
  const names = await readdir(directory, { recursive: true })
  return names
    .filter((name) => basename(name).includes(`${kind}.pprof`))
    .sort()
    .map((name) => join(directory, name))
}

/** Prints what the stored profiles say. Throws when they hold no samples. */
export async function printReport(directory, uploadsWanted) {
  const wall = await storedProfiles(directory, 'wall')
  const space = await storedProfiles(directory, 'space')
  if (wall.length < uploadsWanted)
    throw new Error(`${wall.length} uploads arrived, ${uploadsWanted} were wanted`)
  const { status } = spawnSync(process.execPath, [cli, 'top', directory], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`acme-profiler top ended with code ${status}`)
  console.log(`\nThe pprof files:\n${[...wall, ...space].map((path) => `  ${path}`).join('\n')}`)
}
