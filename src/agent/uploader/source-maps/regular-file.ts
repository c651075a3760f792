import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** What is known of a regular file without reading it. */
export interface FileFacts {
  bytes: number
  /** Another one when the file was written to, or replaced. */
  version: string
}

/** undefined for what is no regular file: names of scripts come from whoever compiled them, `/dev/zero` and pipes included. */
export function factsOf(path: string): FileFacts | undefined {
  try {
    // Asked before it is opened: opening some devices does something.
    const facts = statSync(path, { throwIfNoEntry: false })
    if (!facts?.isFile()) return undefined
    return { bytes: facts.size, version: `${facts.mtimeMs} ${facts.size} ${facts.ino}` }
  } catch {
    return undefined
  }
}

/** The bytes of a regular file from `start` to `end`, fewer where it ends before; undefined where it cannot be read. Blocks. */
export function readRange(path: string, start: number, end: number): Buffer | undefined {
  if (!factsOf(path)) return undefined
  let fd: number | undefined
  try {
    // Without waiting for whoever writes to a pipe that has taken the file's place since.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const facts = fstatSync(fd)
    if (!facts.isFile()) return undefined
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, facts.size) - start))
    let length = 0
    while (length < bytes.length) {
      const read = readSync(fd, bytes, length, bytes.length - length, start + length)
      if (read === 0) break
      length += read
    }
    return bytes.subarray(0, length)
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
