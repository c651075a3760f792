import type { FileHandle } from 'node:fs/promises'
import type { FileOps } from './files'
import {
  decodeRecord,
  fileHeaderBytes,
  isFileHeader,
  type LogRecord,
  nextMark,
  recordHeadBytes,
} from './record'

/** Of a reader's memory; a record that is larger gets its own. */
export const chunkBytes = 4 * 1024 * 1024

/** What a reader found that is no record. */
export interface Damage {
  /** Bytes that changed on disk: whole records follow them. */
  corruptBytes: number
  /** Bytes at the end without a whole record: what a killed process was writing, and never acknowledged. */
  tornBytes: number
  /** The file is none of ours. */
  foreign: boolean
}

/**
 * Reads the whole records of a segment between two offsets, in order. What is damaged between them is skipped and counted;
 * nothing in a file makes it throw, errors of the file system do. The bytes of a record are gone when the next is asked for: they lie
 * in `memory`, which many readers may have in turn.
 */
export class SegmentReader {
  readonly damage: Damage = { corruptBytes: 0, tornBytes: 0, foreign: false }

  constructor(
    private readonly ops: FileOps,
    private readonly path: string,
    private readonly memory: Buffer<ArrayBuffer>,
  ) {}

  async *records(from: number, to: number): AsyncGenerator<LogRecord> {
    const handle = await this.ops.open(this.path, 'r')
    try {
      const start = await this.checkHeader(handle, from)
      if (start !== undefined) yield* this.scan(handle, start, to)
    } finally {
      await handle.close()
    }
  }

  private async checkHeader(handle: FileHandle, from: number): Promise<number | undefined> {
    if (isFileHeader(await this.readAt(handle, 0, fileHeaderBytes))) return Math.max(from, fileHeaderBytes)
    this.damage.foreign = true
    return undefined
  }

  private async *scan(handle: FileHandle, start: number, to: number): AsyncGenerator<LogRecord> {
    let bytes = Buffer.alloc(0)
    /** Offset in the file of `bytes`, and up to where all is known. */
    let base = start
    let good = start
    let at = 0
    for (;;) {
      const record = decodeRecord(bytes, at, base)
      if (record !== undefined && 'end' in record) {
        this.damage.corruptBytes += record.offset - good
        good = record.end
        at = record.end - base
        yield record
        continue
      }
      const needed = record?.needed ?? 0
      const left = to - base - at
      if (needed > bytes.length - at && needed <= left) {
        bytes = await this.readAt(handle, base + at, Math.min(Math.max(needed, this.memory.length), left))
        base += at
        at = 0
        // The file ends before `to`.
        if (bytes.length < needed) break
        continue
      }
      const next = nextMark(bytes, at + 1)
      if (next >= 0) {
        at = next
        continue
      }
      // A mark may lie across the border of two chunks.
      const resume = base + Math.max(at + 1, bytes.length - 3)
      if (to - resume < recordHeadBytes) break
      bytes = await this.readAt(handle, resume, Math.min(this.memory.length, to - resume))
      base = resume
      at = Math.max(0, nextMark(bytes, 0))
      if (bytes.length === 0) break
    }
    this.damage.tornBytes += Math.max(0, to - good)
  }

  private async readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
    const wanted = Math.max(0, length)
    const bytes = wanted <= this.memory.length ? this.memory : Buffer.allocUnsafe(wanted)
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await handle.read(bytes, filled, wanted - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  }
}
