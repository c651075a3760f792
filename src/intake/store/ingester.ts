import { join } from 'node:path'
import type { LimitValues } from '../../pprof/limits'
import type { FileOps } from '../wal/files'
import { chunkBytes, SegmentReader } from '../wal/reader'
import { type LogRecord, recordKinds } from '../wal/record'
import { segmentFile, segmentKey } from '../wal/segment-names'
import type { SegmentProgress } from '../wal/wal'
import type { BlobStore } from './blob-store'
import type { ColumnContents } from './column-profile'
import type { Attempt, Caution } from './crash-ledger'
import type { DeadLetters } from './dead-letters'
import { decodeUpload } from './decode-upload'
import type { ColumnProfile, ColumnSpan, ProfileStore } from './profile-store'
import { unpackSpans } from './upload-record'

/** What the ingester did; the names of what was dropped are those of the intake's counters. */
export type IngestCounter =
  | 'ingest.profiles'
  | 'ingest.repeated_profiles'
  | 'ingest.spans'
  | 'ingest.clock_skewed_uploads'
  | 'ingest.other_series'
  | 'dropped.undecodable_profiles'
  | 'dropped.undecodable_records'
  | 'dropped.crashing_records'
  | 'dropped.torn_bytes'
  | 'dropped.corrupt_bytes'
  | 'dropped.foreign_segments'
  | 'dropped.missing_segments'

export interface IngesterOptions {
  logDir: string
  ops: FileOps
  limits: LimitValues
  profiles: ProfileStore
  blobs: BlobStore
  deadLetters: DeadLetters
  count(name: IngestCounter, amount: number): void
  /** The segment is in the columns up to `end`; `whole`: and in the BlobStore. */
  onWritten(progress: { segment: string; end: number; whole: boolean }): void
  /** Of an upload's profiles, as far as they were decoded before. */
  takeContents(uploadId: string): (ColumnContents | undefined)[]
  /** Before a batch is decoded; undefined after it is written. */
  onAttempt(attempt: Attempt | undefined): void
  caution: Caution
  /** What failed and will be tried again. */
  onError(error: unknown): void
}

/** Decoded records that share a transaction. */
interface Batch {
  profiles: ColumnProfile[]
  spans: ColumnSpan[]
  records: number
  /** As they lie in the log. */
  bytes: number
}

const maxBatchRecords = 128
const maxBatchBytes = 16 * 1024 * 1024
const gatherMs = 1_000
const retryMs = 5_000

/**
 * Brings the log into the columns: reads what is synced, decodes, writes a batch per transaction, and hands sealed segments to the
 * BlobStore. It can stop anywhere: the columns know how far each segment is in them, and the next start goes on there.
 */
export class Ingester {
  /** Synced ends of segments that are not whole in the columns yet, oldest first. */
  readonly #pending = new Map<string, SegmentProgress>()
  #written: Map<string, { end: number }> | undefined
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #stopping = false
  readonly #memory = Buffer.allocUnsafeSlow(chunkBytes)
  /** Somebody waits for what is pending. */
  #hurried = false

  constructor(private readonly options: IngesterOptions) {}

  progress(progress: SegmentProgress): void {
    this.#pending.set(progress.segment, progress)
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.#hurried = false
    })
  }

  /** Resolves when all that was announced before is in the columns, or the last try at it has failed. */
  async idle(): Promise<void> {
    this.#hurried = this.#running !== undefined
    this.#wake?.()
    await this.#running
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake?.()
    await this.#running
  }

  async #run(): Promise<void> {
    let nextMs = performance.now() + gatherMs
    while (this.#pending.size > 0 && !this.#stopping) {
      // What comes within a second shares a transaction: each costs a write and sync of its own.
      const isGrowing = this.#pending.size === 1 && !this.#first().sealed
      if (isGrowing && !this.#hurried) await this.#pause(nextMs - performance.now())
      if (this.#stopping) return
      nextMs = performance.now() + gatherMs
      const progress = this.#first()
      try {
        await this.#ingest(progress)
      } catch (error) {
        if (isGone(error)) this.#forget(progress)
        else await this.#retry(error)
      }
    }
  }

  #first(): SegmentProgress {
    return this.#pending.values().next().value as SegmentProgress
  }

  async #retry(error: unknown): Promise<void> {
    this.options.onError(error)
    await this.#pause(retryMs)
  }

  // Somebody removed it: nothing will bring it back.
  #forget({ segment, end }: SegmentProgress): void {
    this.#pending.delete(segment)
    this.options.count('dropped.missing_segments', 1)
    this.options.onWritten({ segment, end, whole: true })
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopping || ms <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  async #ingest({ segment, end, sealed }: SegmentProgress): Promise<void> {
    const { profiles, ops, logDir, onWritten, onAttempt } = this.options
    this.#written ??= await profiles.written()
    const from = this.#written.get(segment)?.end ?? 0
    if (from < end) {
      const reader = new SegmentReader(ops, join(logDir, segmentFile(segment)), this.#memory)
      const maxRecords = this.options.caution.oneByOne ? 1 : maxBatchRecords
      let batch = emptyBatch()
      let written = from
      for await (const record of reader.records(from, end)) {
        if (batch.records === 0) onAttempt({ segment, offset: record.offset, isOne: maxRecords === 1 })
        await this.#decode(record, segment, batch)
        batch.records++
        batch.bytes += record.end - record.offset
        if (batch.records < maxRecords && batch.bytes < maxBatchBytes) continue
        await this.#write(segment, batch, record.end, false)
        written = record.end
        batch = emptyBatch()
        if (this.#stopping) return
      }
      if (batch.records > 0 || written < end) await this.#write(segment, batch, end, sealed)
      this.#countDamage(reader)
    } else if (sealed) {
      await profiles.write({ segment, end, sealed, profiles: [], spans: [] })
    }
    if (sealed) await this.options.blobs.adopt(segmentKey(segment), join(logDir, segmentFile(segment)))
    // It may have grown meanwhile.
    const now = this.#pending.get(segment)
    if (now && now.end === end && now.sealed === sealed) this.#pending.delete(segment)
    if (sealed) this.#written.delete(segment)
    onWritten({ segment, end, whole: sealed })
  }

  async #write(segment: string, batch: Batch, end: number, sealed: boolean): Promise<void> {
    const { profiles, onWritten, onAttempt, count } = this.options
    const result = await profiles.write({
      ...{ segment, end, sealed },
      ...{ profiles: batch.profiles, spans: batch.spans },
    })
    onAttempt(undefined)
    this.#written?.set(segment, { end })
    count('ingest.profiles', result.profiles)
    count('ingest.repeated_profiles', result.repeated)
    count('ingest.spans', result.spans)
    count('ingest.other_series', result.otherSeries)
    onWritten({ segment, end, whole: false })
  }

  async #decode(record: LogRecord, segment: string, batch: Batch) {
    const { limits, deadLetters, takeContents, count, caution } = this.options
    if (caution.skip.includes(`${segment}@${record.offset}`)) return count('dropped.crashing_records', 1)
    try {
      if (record.kind === recordKinds.spans) {
        for (const span of await unpackSpans(record)) batch.spans.push(span)
      } else if (record.kind === recordKinds.upload) {
        const { profiles, bad, clockSkewed } = decodeUpload(record, segment, limits, takeContents)
        batch.profiles.push(...profiles)
        if (clockSkewed) count('ingest.clock_skewed_uploads', 1)
        for (const one of bad) await deadLetters.keep(one)
        count('dropped.undecodable_profiles', bad.length)
      } else {
        count('dropped.undecodable_records', 1)
      }
    } catch {
      // A record of ours that another version wrote, or that a fault of ours spoiled: it stays in its segment.
      count('dropped.undecodable_records', 1)
    }
  }

  #countDamage({ damage }: SegmentReader): void {
    const { count } = this.options
    count('dropped.torn_bytes', damage.tornBytes)
    count('dropped.corrupt_bytes', damage.corruptBytes)
    if (damage.foreign) count('dropped.foreign_segments', 1)
  }
}

function emptyBatch(): Batch {
  return { profiles: [], spans: [], records: 0, bytes: 0 }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
