import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { type FileOps, realFiles, storageError, syncDirectory } from './files'
import { encodeRecord, fileHeader, fileHeaderBytes, type RecordKind } from './record'
import { newSegmentId, segmentFile, segmentOfFile } from './segment-names'

/** A segment as its reader may know it: all before `end` is synced. */
export interface SegmentProgress {
  segment: string
  end: number
  /** It will not grow any more. */
  sealed: boolean
}

export interface WalOptions {
  dir: string
  limits: Pick<LimitValues, 'walSegmentBytes' | 'walGroupBytes' | 'walBacklogBytes' | 'diskFreeBytes'>
  /** Called after each sync, in order. */
  onProgress(progress: SegmentProgress): void
  ops?: FileOps
}

interface Waiting {
  pieces: Uint8Array[]
  bytes: number
  done(): void
  failed(error: CodedError): void
}

interface Active {
  segment: string
  handle: FileHandle
  end: number
  openedMs: number
}

const maxAgeMs = 10 * 60_000
const freeCheckMs = 1_000
/** Of limits.walBacklogBytes. */
const busyShare = 0.8

/**
 * The write-ahead log. Records that come while a write and sync is under way share the next one, up to limits.walGroupBytes; none
 * waits for a clock. Old segments are never appended to: what a killed process left behind is read up to where it is whole.
 */
export class Wal {
  readonly #options: WalOptions
  readonly #ops: FileOps
  /** Bytes of each segment that are not released. */
  readonly #backlog = new Map<string, number>()
  #backlogBytes = 0
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #writing: Promise<void> | undefined
  #active: Active | undefined
  #sequence = 0
  #free = { bytes: Number.POSITIVE_INFINITY, atMs: Number.NEGATIVE_INFINITY }
  #closed = false

  private constructor(options: WalOptions) {
    this.#options = options
    this.#ops = options.ops ?? realFiles
  }

  /** Makes the directory where it is missing. @returns the log, and the segments that are there, oldest first. Rejects with the error of the file system. */
  static async open(options: WalOptions): Promise<{ wal: Wal; segments: SegmentProgress[] }> {
    const wal = new Wal(options)
    await wal.#ops.mkdir(options.dir, { recursive: true })
    const segments: SegmentProgress[] = []
    for (const file of (await wal.#ops.readdir(options.dir)).sort()) {
      const segment = segmentOfFile(file)
      if (segment === undefined) continue
      const { size } = await wal.#ops.stat(join(options.dir, file))
      segments.push({ segment, end: size, sealed: true })
      wal.#charge(segment, size)
    }
    return { wal, segments }
  }

  get backlogBytes(): number {
    return this.#backlogBytes
  }

  /** Throws CodedError intake_busy while the backlog is near its bound, so that what is under way still fits. */
  admit(): void {
    const limit = Math.floor(this.#options.limits.walBacklogBytes * busyShare)
    const actual = this.#backlogBytes + this.#waitingBytes
    if (actual < limit) return
    const knob = `${busyShare * 100} % of limits.walBacklogBytes`
    throw new CodedError('intake_busy', { actual, unit: 'bytes', limit, knob })
  }

  /** Resolves when the record would survive a loss of power. Rejects with CodedError intake_busy, storage_full or storage_failed: the record is then not acknowledged, though it may be found after a crash. */
  append(kind: RecordKind, header: object, blobs: readonly Uint8Array[]): Promise<void> {
    const { walBacklogBytes: limit } = this.#options.limits
    const held = this.#backlogBytes + this.#waitingBytes
    if (held >= limit) {
      const details = { actual: held, unit: 'bytes', limit, knob: 'limits.walBacklogBytes' }
      return Promise.reject(new CodedError('intake_busy', details))
    }
    if (this.#closed) return Promise.reject(new CodedError('store_unavailable'))
    const pieces = encodeRecord(kind, header, blobs)
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    return new Promise((done, failed) => {
      this.#waiting.push({ pieces, bytes, done, failed })
      this.#waitingBytes += bytes
      this.#writing ??= this.#writeAll()
    })
  }

  /** The first `end` bytes of the segment need no longer be kept here for the columns. */
  release(segment: string, end: number, whole: boolean): void {
    const known = this.#backlog.get(segment)
    if (known === undefined) return
    if (whole) {
      this.#backlog.delete(segment)
      this.#backlogBytes -= known
    } else {
      const written = this.#active?.segment === segment ? this.#active.end : end
      this.#charge(segment, Math.max(0, written - end) - known)
    }
  }

  /** Seals the active segment once it is old: its raw profiles then come under the retention of blobs. */
  async sealIfOld(): Promise<void> {
    if (this.#active && performance.now() - this.#active.openedMs > maxAgeMs && !this.#writing)
      await this.#seal()
  }

  /** Waits for what was appended, and seals. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#writing) await this.#writing
    await this.#seal().catch(() => {})
  }

  async #writeAll(): Promise<void> {
    // Records of the same turn of the event loop share a write.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#write(group)
        for (const { done } of group) done()
      } catch (error) {
        const coded = storageError(error)
        await this.#abandon()
        for (const { failed } of group) failed(coded)
      }
    }
    this.#writing = undefined
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes
      if (count > 0 && bytes > this.#options.limits.walGroupBytes) break
      count++
    }
    const group = this.#waiting.splice(0, count)
    for (const waiting of group) this.#waitingBytes -= waiting.bytes
    return group
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, waiting) => sum + waiting.bytes, 0)
    await this.#checkFree(bytes)
    if (this.#active && this.#active.end + bytes > this.#options.limits.walSegmentBytes) await this.#seal()
    this.#active ??= await this.#start()
    const active = this.#active
    await writeWhole(
      active.handle,
      group.flatMap(({ pieces }) => pieces),
      active.end,
      bytes,
    )
    await active.handle.datasync()
    active.end += bytes
    this.#charge(active.segment, bytes)
    this.#options.onProgress({ segment: active.segment, end: active.end, sealed: false })
  }

  async #start(): Promise<Active> {
    const openedMs = performance.now()
    const segment = newSegmentId(Date.now(), this.#sequence++)
    const { dir } = this.#options
    const path = join(dir, segmentFile(segment))
    // A store that is removed under a running intake is made again.
    await this.#ops.mkdir(dir, { recursive: true })
    const handle = await this.#ops.open(path, 'wx')
    try {
      await handle.write(fileHeader(), 0, fileHeaderBytes, 0)
      await handle.datasync()
      await syncDirectory(this.#ops, dir)
    } catch (error) {
      await handle.close().catch(() => {})
      await this.#ops.rm(path, { force: true }).catch(() => {})
      throw error
    }
    return { segment, handle, end: fileHeaderBytes, openedMs }
  }

  async #seal(): Promise<void> {
    const active = this.#active
    if (active === undefined) return
    this.#active = undefined
    this.#options.onProgress({ segment: active.segment, end: active.end, sealed: true })
    await active.handle.close()
  }

  // After a failed sync nobody knows what of the file is on disk: what is known stays, the rest goes, and the next group gets a new file.
  async #abandon(): Promise<void> {
    const active = this.#active
    if (active === undefined) return
    await active.handle.truncate(active.end).catch(() => {})
    await this.#seal().catch(() => {})
  }

  async #checkFree(bytes: number): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#free.atMs >= freeCheckMs) {
      const { bavail, bsize } = await this.#ops.statfs(this.#options.dir)
      this.#free = { bytes: bavail * bsize, atMs: nowMs }
    }
    this.#free.bytes -= bytes
    if (this.#free.bytes < this.#options.limits.diskFreeBytes) throw new CodedError('storage_full')
  }

  #charge(segment: string, bytes: number): void {
    this.#backlog.set(segment, (this.#backlog.get(segment) ?? 0) + bytes)
    this.#backlogBytes += bytes
  }
}

async function writeWhole(
  handle: FileHandle,
  pieces: Uint8Array[],
  offset: number,
  bytes: number,
): Promise<void> {
  const { bytesWritten } = await handle.writev(pieces, offset)
  if (bytesWritten === bytes) return
  // A short write is legal; a full disk says so at the next.
  const rest = Buffer.concat(pieces).subarray(bytesWritten)
  for (let done = 0; done < rest.length; ) {
    done += (await handle.write(rest, done, rest.length - done, offset + bytesWritten + done)).bytesWritten
  }
}
