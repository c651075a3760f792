import { dirname, join } from 'node:path'
import { type FileOps, realFiles, storageError, syncDirectory } from '../wal/files'
import type { BlobInfo, BlobStore } from './blob-store'

const keyPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/

/** Blobs as files below one directory, on the file system that `adopt`ed files lie on. */
export class FileBlobStore implements BlobStore {
  readonly #dir: string
  readonly #ops: FileOps
  #written = 0

  constructor(dir: string, ops: FileOps = realFiles) {
    this.#dir = dir
    this.#ops = ops
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    const path = this.#path(key)
    const aside = `${path}.${process.pid}-${this.#written++}.tmp`
    try {
      await this.#makeDirectory(dirname(path))
      const handle = await this.#ops.open(aside, 'w')
      try {
        await handle.writeFile(body)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await this.#ops.rename(aside, path)
      await syncDirectory(this.#ops, dirname(path))
    } catch (error) {
      await this.#ops.rm(aside, { force: true }).catch(() => {})
      throw storageError(error)
    }
  }

  async adopt(key: string, from: string): Promise<void> {
    const path = this.#path(key)
    try {
      await this.#makeDirectory(dirname(path))
      await this.#ops.rename(from, path)
      // The new name before the old one's absence: a loss of power between the two leaves one of them.
      await syncDirectory(this.#ops, dirname(path))
      await syncDirectory(this.#ops, dirname(from))
    } catch (error) {
      if (isAbsent(error) && (await this.#exists(path))) return
      throw storageError(error)
    }
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const path = this.#path(key)
    try {
      const handle = await this.#ops.open(path, 'r')
      try {
        const bytes = Buffer.allocUnsafe(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
          if (bytesRead === 0) return undefined
          filled += bytesRead
        }
        return bytes
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw storageError(error)
    }
  }

  async list(prefix: string): Promise<BlobInfo[]> {
    try {
      const names = await this.#ops.readdir(this.#dir, { recursive: true })
      const keys = names.filter(
        (name) => name.startsWith(prefix) && keyPattern.test(name) && !name.endsWith('.tmp'),
      )
      const blobs: BlobInfo[] = []
      for (const key of keys.sort()) {
        const info = await this.#ops.stat(join(this.#dir, key))
        if (info.isFile()) blobs.push({ key, bytes: info.size })
      }
      return blobs
    } catch (error) {
      if (isAbsent(error)) return []
      throw storageError(error)
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.#path(key))
    try {
      for (const path of paths) await this.#ops.rm(path, { force: true })
    } catch (error) {
      throw storageError(error)
    }
  }

  #path(key: string): string {
    if (!keyPattern.test(key)) throw new TypeError(`no key of a blob: ${JSON.stringify(key)}`)
    return join(this.#dir, key)
  }

  // Each new level's name has to be safe, too.
  async #makeDirectory(path: string): Promise<void> {
    const first = await this.#ops.mkdir(path, { recursive: true })
    if (first === undefined) return
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      await syncDirectory(this.#ops, dirname(made))
    }
  }

  async #exists(path: string): Promise<boolean> {
    return this.#ops.stat(path).then(
      () => true,
      () => false,
    )
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
