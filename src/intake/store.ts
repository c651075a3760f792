import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../pprof/errors'
import type { Upload } from './event'
import { fileFor, sha256, slugFor } from './names'

/** The file operations of the store; a test puts faults in them. */
export type FileOps = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat'>

/** `files.json` of a stored upload: which file holds what, and how to see that it is whole. */
export interface Manifest {
  receivedMs: number
  /** The event first. `name` is what the client sent: data, never a path. */
  files: { name: string; file: string; bytes: number; sha256: string }[]
}

/** Where an upload lies, relative to the store; `repeated` if the very same upload was there already. */
export interface Stored {
  path: string
  repeated: boolean
}

// Longer than any request may last, so that a second process on this directory cannot lose what it is writing.
const staleMs = 10 * 60_000

/**
 * Uploads on disk: `<dir>/<day of receipt>/<service>-<hash of the contents>/{event.json,files.json,wall.pprof,...}`.
 * An upload is written aside in `<dir>/tmp` and appears by one rename, so that none is ever seen half.
 */
export class Store {
  readonly #dir: string
  readonly #ops: FileOps
  #day: { name: string; ready: Promise<void> } | undefined
  #written = 0

  private constructor(dir: string, ops: FileOps) {
    this.#dir = dir
    this.#ops = ops
  }

  /** Creates the directories that are missing and removes what a killed process left in `tmp`. Throws the error of the file system. */
  static async open(dir: string, ops: FileOps = fs): Promise<Store> {
    const tmp = join(dir, 'tmp')
    await ops.mkdir(tmp, { recursive: true })
    for (const name of await ops.readdir(tmp)) await removeStale(ops, join(tmp, name))
    return new Store(dir, ops)
  }

  /**
   * Returns when the upload would survive a loss of power. Throws CodedError storage_full or storage_failed.
   * The same contents sent again on the same day (a client that missed the answer) are kept once.
   */
  async put(upload: Upload): Promise<Stored> {
    const receivedMs = Date.now()
    const { manifest, contents } = layOut(upload, receivedMs)
    const hash = sha256(
      manifest.files.map((file) => `${file.sha256} ${file.name.length} ${file.name}`).join('\n'),
    )
    const day = new Date(receivedMs).toISOString().slice(0, 10)
    const path = `${day}/${slugFor(upload.parsed.tags.get('service') ?? 'unknown')}-${hash.slice(0, 32)}`
    const aside = join(this.#dir, 'tmp', `${process.pid}-${receivedMs}-${this.#written++}`)
    try {
      await this.#ops.mkdir(aside, { recursive: true })
      for (const [file, bytes] of contents) await this.#write(join(aside, file), bytes)
      await this.#syncDir(aside)
      await this.#prepareDay(day)
      const repeated = await this.#reveal(aside, join(this.#dir, path))
      await this.#syncDir(join(this.#dir, day))
      if (repeated) await this.#ops.rm(aside, { recursive: true, force: true })
      return { path, repeated }
    } catch (error) {
      this.#day = undefined
      await this.#ops.rm(aside, { recursive: true, force: true }).catch(() => {})
      throw codedStorageError(error)
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.#ops.open(path, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
  }

  // The directory holds the names: without this, files that are safe on disk may have none after a loss of power.
  async #syncDir(path: string): Promise<void> {
    const handle = await this.#ops.open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  // One promise for all uploads of a day: none may be acknowledged before the day's own name is safe.
  #prepareDay(name: string): Promise<void> {
    if (this.#day?.name !== name) {
      const make = async () => {
        await this.#ops.mkdir(join(this.#dir, name), { recursive: true })
        await this.#syncDir(this.#dir)
      }
      this.#day = { name, ready: make() }
    }
    return this.#day.ready
  }

  // True if the same contents are there already: a directory with files in it cannot be renamed over.
  async #reveal(aside: string, path: string): Promise<boolean> {
    try {
      await this.#ops.rename(aside, path)
      return false
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return true
      throw error
    }
  }
}

// What cannot be removed is in nobody's way: nothing in `tmp` is ever read.
async function removeStale(ops: FileOps, path: string): Promise<void> {
  try {
    const { mtimeMs } = await ops.stat(path)
    if (Date.now() - mtimeMs > staleMs) await ops.rm(path, { recursive: true, force: true })
  } catch {}
}

function layOut(upload: Upload, receivedMs: number) {
  const named = [{ name: 'event.json', file: 'event.json', bytes: upload.eventBytes }]
  for (const { name, bytes } of upload.attachments) named.push({ name, file: fileFor(name), bytes })
  const files = named.map(({ name, file, bytes }) => ({
    name,
    file,
    bytes: bytes.length,
    sha256: sha256(bytes),
  }))
  const manifest: Manifest = { receivedMs, files }
  const contents = new Map<string, Uint8Array>(named.map(({ file, bytes }) => [file, bytes]))
  contents.set('files.json', Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`))
  return { manifest, contents }
}

function codedStorageError(error: unknown): CodedError {
  const code = (error as NodeJS.ErrnoException).code ?? 'an unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('storage_full')
  return new CodedError('storage_failed', { reason: code })
}
