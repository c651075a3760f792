import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the agent keeps files of its own: `dir`, or a folder of this user's in the one for temporary files. */
export const ownDirectory = (dir: string | undefined): string =>
  dir ?? join(tmpdir(), `acme-profiler-${process.getuid?.() ?? 'user'}`)

/**
 * Makes `directory`, for this user alone. /tmp belongs to everybody: a directory that another user made, or a symbolic link, would hand them
 * what is kept there.
 * @throws Error if it cannot be made, or is somebody else's
 */
export function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stat = lstatSync(directory)
  if (!stat.isDirectory()) throw new Error(`${directory} is not a directory`)
  const uid = process.getuid?.()
  if (uid !== undefined && stat.uid !== uid) throw new Error(`${directory} belongs to user ${stat.uid}`)
  if ((stat.mode & 0o077) !== 0 && uid !== undefined) chmodSync(directory, 0o700)
}
