import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes a folder `name` where the agent keeps files of its own: in `dir`, or in a folder of this user's in the one for temporary files.
 * @returns its path
 * @throws Error if one of the two cannot be made, or is somebody else's
 */
export function privateDirectory(dir: string | undefined, name: string): string {
  const base = dir ?? join(tmpdir(), `acme-profiler-${process.getuid?.() ?? 'user'}`)
  const directory = join(base, name)
  makePrivate(base)
  makePrivate(directory)
  return directory
}

// /tmp belongs to everybody: a directory that another user made, or a symbolic link, would hand them what is kept there.
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stat = lstatSync(directory)
  if (!stat.isDirectory()) throw new Error(`${directory} is not a directory`)
  const uid = process.getuid?.()
  if (uid !== undefined && stat.uid !== uid) throw new Error(`${directory} belongs to user ${stat.uid}`)
  if ((stat.mode & 0o077) !== 0 && uid !== undefined) chmodSync(directory, 0o700)
}
