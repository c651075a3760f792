import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** One file to write: `wall` → `<prefix>wall_worker_0_<time>.pprof`. */
export interface ExportedProfile {
  type: string
  bytes: Uint8Array
}

const maxSameSecond = 100

/**
 * Writes an interval's files beside each other, named as dd-trace names them. Never replaces a file and never follows a link: two intervals
 * that end in one second get different names.
 * @throws the file system's error; files of the interval may be missing then
 */
export function exportFiles(
  prefix: string,
  endMs: number,
  profiles: readonly ExportedProfile[],
  event: string,
): void {
  const time = new Date(endMs).toISOString().replace(/[-:]|\.\d+/g, '')
  mkdirSync(dirname(`${prefix}x`), { recursive: true })
  for (let n = 0; ; n++) {
    const stamp = n === 0 ? time : `${time}_${n}`
    const files: [string, Uint8Array | string][] = profiles.map(({ type, bytes }) => [
      `${prefix}${type}_worker_0_${stamp}.pprof`,
      bytes,
    ])
    files.push([`${prefix}event_worker_0_${stamp}.json`, event])
    if (writeAll(files) || n === maxSameSecond) return
  }
}

/** False if a name is taken. */
function writeAll(files: readonly [string, Uint8Array | string][]): boolean {
  const written: string[] = []
  try {
    for (const [file, bytes] of files) {
      writeNew(file, bytes)
      written.push(file)
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    for (const file of written) unlinkSync(file)
    return false
  }
}

function writeNew(file: string, bytes: Uint8Array | string): void {
  try {
    writeFileSync(file, bytes, { flag: 'wx', mode: 0o644 })
  } catch (error) {
    // Half a file would be read as a profile. A name that is taken is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') remove(file)
    throw error
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // It was never made.
  }
}
