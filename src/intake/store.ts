import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../pprof/errors'
import type { ProfileUpload, Sink, SpanBatch } from './model'
import { fileFor, sha256, slugFor } from './names'

/** The file operations of the store; a test puts faults in them. */
export type FileOps = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat'>

/** `files.json` of a stored upload: what it is, which file holds what, and how to see that it is whole. */
export interface Manifest {
  receivedMs: number
  startMs: number
  endMs: number
  tags: Record<string, string>
  endpointCounts: Readonly<Record<string, number>>
  /** The event first. `name` is what the client sent: data, never a path. */
  files: { name: string; file: string; bytes: number; sha256: string }[]
}

// Longer than any request may last, so that a second process on this directory cannot lose what it is writing.
const staleMs = 10 * 60_000

/**
 * Uploads on disk: `<dir>/<day of receipt>/<service>-<hash of the contents>/{event.json,files.json,wall.pprof,...}`.
 * An upload is written aside in `<dir>/tmp` and appears by one rename, so that none is ever seen half.
 */
export class Store implements Sink {
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
  async profiles(upload: ProfileUpload): Promise<{ id: string; repeated: boolean }> {
    const receivedMs = Date.now()
    const { manifest, contents } = layOut(upload, receivedMs)
    const names = manifest.files.map((file) => `${file.sha256} ${file.name.length} ${file.name}`)
    const described = [manifest.startMs, manifest.endMs, JSON.stringify(manifest.tags)]
    const hash = sha256([...described, ...names].join('\n'))
    const day = new Date(receivedMs).toISOString().slice(0, 10)
    const path = `${day}/${slugFor(upload.tags.get('service') ?? 'unknown')}-${hash.slice(0, 32)}`
    const aside = join(this.#dir, 'tmp', `${process.pid}-${receivedMs}-${this.#written++}`)
    try {
      await this.#ops.mkdir(aside, { recursive: true })
      for (const [file, bytes] of contents) await this.#write(join(aside, file), bytes)
      await this.#syncDir(aside)
      await this.#prepareDay(day)
      const repeated = await this.#reveal(aside, join(this.#dir, path))
      await this.#syncDir(join(this.#dir, day))
      if (repeated) await this.#ops.rm(aside, { recursive: true, force: true })
      return { id: path, repeated }
    } catch (error) {
      this.#day = undefined
      await this.#ops.rm(aside, { recursive: true, force: true }).catch(() => {})
      throw codedStorageError(error)
    }
  }

  /** Appends one line of JSON per span to `<dir>/spans.jsonl`, and syncs it. */
  async spans(batches: SpanBatch[]): Promise<void> {
    const lines = batches.flatMap(({ tags, spans }) => {
      return spans.map((span) => JSON.stringify({ tags: Object.fromEntries(tags), ...span }, bigintAsText))
    })
    try {
      const handle = await this.#ops.open(join(this.#dir, 'spans.jsonl'), 'a')
      try {
        await handle.appendFile(`${lines.join('\n')}\n`)
        await handle.datasync()
      } finally {
        await handle.close()
      }
    } catch (error) {
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

const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

function layOut(upload: ProfileUpload, receivedMs: number) {
  const { startMs, endMs, endpointCounts } = upload
  const named = [{ name: 'event.json', file: 'event.json', bytes: upload.event }]
  for (const { name, bytes } of upload.profiles) named.push({ name, file: fileFor(name), bytes })
  const files = named.map(({ name, file, bytes }) => ({
    name,
    file,
    bytes: bytes.length,
    sha256: sha256(bytes),
  }))
  const tags = Object.fromEntries(upload.tags)
  const manifest: Manifest = { receivedMs, startMs, endMs, tags, endpointCounts, files }
  const contents = new Map<string, Uint8Array>(named.map(({ file, bytes }) => [file, bytes]))
  contents.set('files.json', Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`))
  return { manifest, contents }
}

function codedStorageError(error: unknown): CodedError {
  const code = (error as NodeJS.ErrnoException).code ?? 'an unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('storage_full')
  return new CodedError('storage_failed', { reason: code })
}
