import { lstatSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { privateDirectory } from '../private-directory'
import { isAlive, ownerOf } from '../process-owner'
import type { DropReason } from './counters'
import { boundaryOf } from './multipart'
import type { Target } from './target'

/** An upload taken out of the spool. */
export interface Leftover {
  file: string
  body: Buffer
  boundary: string
}

const maxFiles = 32
/** Intakes refuse what is older. */
const maxAgeMs = 3_600_000
const suffix = '.upload'

/**
 * Uploads that could not be sent, one file each, for this process or a later one. The file is the request's body, written under another name
 * and renamed, so that a file with the right name is whole. A name begins with its owner; whoever wants to send it first renames it to a name of
 * its own, which only one can do, and only touches files whose owner is dead.
 */
export class Spool {
  readonly #owner = ownerOf(process.pid)
  #sequence = 0

  private constructor(
    readonly directory: string,
    private readonly maxBytes: number,
    private readonly dropped: (reason: DropReason) => void,
  ) {}

  /**
   * Opens the spool of this user and target, so that nobody's profiles go to another address or with another key.
   * @throws Error if the directory cannot be made, or is somebody else's
   */
  static open(
    target: Target,
    dir: string | undefined,
    maxBytes: number,
    dropped: (reason: DropReason) => void,
  ): Spool {
    return new Spool(privateDirectory(dir, directoryOf(target)), maxBytes, dropped)
  }

  /** Keeps `body`; the oldest give way to it. Returns false, with the reason counted, if it cannot be kept. */
  put(body: Buffer): boolean {
    try {
      if (!this.#makeRoom(body.length)) {
        this.dropped('spool_full')
        return false
      }
      const name = `${this.#owner}-${Date.now()}-${this.#sequence++}`
      const temporary = join(this.directory, `${name}.tmp`)
      try {
        writeFileSync(temporary, body, { flag: 'wx', mode: 0o600 })
        renameSync(temporary, join(this.directory, name + suffix))
      } catch (error) {
        remove(temporary)
        throw error
      }
      return true
    } catch {
      this.dropped('spool_failed')
      return false
    }
  }

  /** Takes the oldest upload that is nobody else's; the file stays until done(). */
  take(): Leftover | undefined {
    try {
      for (const entry of this.#entries()) {
        const file = this.#claim(entry)
        if (file === undefined) continue
        const body = readFileSync(file)
        const boundary = boundaryOf(body)
        if (boundary !== undefined) return { file, body, boundary }
        remove(file)
        this.dropped('spool_damaged')
      }
    } catch {
      // The directory was removed, or is not readable any more: there is nothing to send.
    }
    return undefined
  }

  /** It was sent, or is not worth keeping. */
  done({ file }: Leftover): void {
    remove(file)
  }

  #claim({ name, file }: Entry): string | undefined {
    if (name.startsWith(`${this.#owner}-`)) return file
    const claimed = join(this.directory, `${this.#owner}-${name.slice(name.indexOf('-') + 1)}`)
    try {
      renameSync(file, claimed)
      return claimed
    } catch {
      return undefined
    }
  }

  #makeRoom(bytes: number): boolean {
    const entries = this.#entries()
    let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes)
    let files = entries.length + 1
    while (total > this.maxBytes || files > maxFiles) {
      const oldest = entries.shift()
      if (oldest === undefined) return false
      remove(oldest.file)
      this.dropped('spool_full')
      total -= oldest.bytes
      files--
    }
    return true
  }

  /** Files that this process may send, oldest first. Expired ones and what a dead process left half written are removed. */
  #entries(): Entry[] {
    const entries: Entry[] = []
    const nowMs = Date.now()
    for (const name of readdirSync(this.directory)) {
      const file = join(this.directory, name)
      const stat = lstatSync(file, { throwIfNoEntry: false })
      const owner = name.slice(0, name.indexOf('-'))
      // Of an owner in another container: a live one empties its spool.
      if (
        !stat?.isFile() ||
        (owner !== this.#owner && isAlive(owner, () => nowMs - stat.mtimeMs <= maxAgeMs / 2))
      )
        continue
      if (name.endsWith(suffix) && nowMs - stat.mtimeMs <= maxAgeMs) {
        entries.push({ name, file, bytes: stat.size, mtimeMs: stat.mtimeMs })
      } else {
        remove(file)
        this.dropped(name.endsWith(suffix) ? 'spool_expired' : 'spool_damaged')
      }
    }
    return entries.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))
  }
}

interface Entry {
  name: string
  file: string
  bytes: number
  mtimeMs: number
}

function directoryOf({ origin, path, socketPath, apiKey }: Target): string {
  const address = encodeURIComponent(socketPath ?? origin + path).slice(0, 150)
  if (apiKey === undefined) return address
  // Loaded here, because most processes have no key and the module costs a megabyte.
  const { createHash } = require('node:crypto') as typeof import('node:crypto')
  return `${address}-${createHash('sha256').update(apiKey).digest('hex').slice(0, 16)}`
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // Gone already, or the next process tries again.
  }
}
