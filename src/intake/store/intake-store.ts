import { join } from 'node:path'
import type { LimitValues } from '../../pprof/limits'
import type { ProfileUpload, Sink, SpanBatch } from '../model'
import type { BytesQueryName, Queries, QueryName } from '../query/queries'
import type { FileOps } from '../wal/files'
import { recordKinds } from '../wal/record'
import { Wal } from '../wal/wal'
import { StoreClient } from './client'
import type { IngestCounter } from './ingester'
import { retentionDefaults } from './options'
import type { Retention, StoreStats } from './profile-store'
import { packSpans, uploadHeader, uploadId } from './upload-record'

export interface IntakeStoreOptions {
  /** Created where missing. One intake at a time. */
  dir: string
  limits: LimitValues
  retention?: Partial<Retention>
  /** Makes the columns anew of the segments, whatever is left of them. */
  rebuild?: boolean
  /** Directories below which source files are shown; none where absent. */
  sourceRoots?: readonly string[]
  /** Memory for the columns' database; 64 MiB where absent. */
  memoryBytes?: number
  /** File operations of the log, for tests. */
  ops?: FileOps
  /** Names and amounts of what was done and dropped. */
  count?(name: IngestCounter | 'store.restarts', amount: number): void
  /** What somebody should read. */
  log?(message: string): void
}

const maxRecent = 200_000
const sealCheckMs = 30_000
// It is filled whatever it is: at 96 MiB the process had some 20 to 30 MB more, and no more uploads a second were seen.
const defaultMemoryBytes = 64 * 1024 * 1024

/** The store of an intake: takes what was received, keeps it, answers queries. */
export class IntakeStore implements Sink {
  /** Uploads by id, the oldest first: those under way, and those of the last hours as `undefined`. */
  readonly #recent = new Map<string, Promise<void> | undefined>()
  #timer: NodeJS.Timeout | undefined

  private constructor(
    private readonly wal: Wal,
    private readonly client: StoreClient,
  ) {}

  /** Opens the store and goes on where the last one ended. Rejects where another intake uses the directory, or it cannot be read. */
  static async open(options: IntakeStoreOptions): Promise<IntakeStore> {
    const { dir, limits, ops, count = () => {}, log = () => {} } = options
    let wal: Wal | undefined
    const { client, recentUploads } = await StoreClient.start({
      dir,
      limits,
      retention: { ...retentionDefaults, ...options.retention },
      memoryBytes: options.memoryBytes ?? defaultMemoryBytes,
      threads: 1,
      rebuild: options.rebuild ?? false,
      sourceRoots: options.sourceRoots ?? [],
      onReport: (report) => {
        if (report.type === 'written') wal?.release(report.segment, report.end, report.whole)
        else if (report.type === 'count') count(report.name, report.amount)
        else log(report.message)
      },
      onRestart: (reason) => {
        count('store.restarts', 1)
        log(`The store's process ended with ${reason}; it is started again.`)
      },
    })
    try {
      const onProgress = client.progress.bind(client)
      const opened = await Wal.open({ dir: join(dir, 'log'), limits, onProgress, ...(ops && { ops }) })
      wal = opened.wal
      const store = new IntakeStore(wal, client)
      for (const id of recentUploads) store.#recent.set(id, undefined)
      for (const segment of opened.segments) client.progress(segment)
      store.#timer = setInterval(() => void opened.wal.sealIfOld(), sealCheckMs)
      return store
    } catch (error) {
      await client.stop(1_000)
      throw error
    }
  }

  get backlogBytes(): number {
    return this.wal.backlogBytes
  }

  /** Of the process that holds the columns, for its memory. */
  get pid(): number | undefined {
    return this.client.pid
  }

  admit(): void {
    this.wal.admit()
  }

  async profiles(upload: ProfileUpload): Promise<{ id: string; repeated: boolean }> {
    const id = uploadId(upload)
    if (this.#recent.has(id)) {
      await this.#recent.get(id)
      return { id, repeated: true }
    }
    const blobs = [...upload.profiles.map(({ bytes }) => bytes), upload.event]
    const contents = upload.profiles.map((profile) => profile.contents)
    if (contents.some((one) => one !== undefined)) this.client.contents(id, contents)
    const kept = this.wal.append(recordKinds.upload, uploadHeader(upload, id, Date.now()), blobs)
    this.#remember(id, kept)
    try {
      await kept
      this.#recent.set(id, undefined)
    } catch (error) {
      this.#recent.delete(id)
      throw error
    }
    return { id, repeated: false }
  }

  async spans(batches: SpanBatch[]): Promise<void> {
    const packed = await packSpans(batches)
    await this.wal.append(recordKinds.spans, { v: 1, receivedMs: Date.now() }, [packed])
  }

  /** The answer as JSON in UTF-8, made in the store's process. Rejects with CodedError query_*, not_found or store_unavailable. */
  queryJson(name: Exclude<QueryName, BytesQueryName>, params: unknown): Promise<Uint8Array> {
    return this.client.query(name, params)
  }

  /** A pprof. */
  queryBytes(name: BytesQueryName, params: unknown): Promise<Uint8Array> {
    return this.client.query(name, params)
  }

  /** As queryJson, parsed. */
  async query<Name extends Exclude<QueryName, BytesQueryName>>(
    name: Name,
    params: Parameters<Queries[Name]>[0],
  ): Promise<Awaited<ReturnType<Queries[Name]>>> {
    return JSON.parse(Buffer.from(await this.queryJson(name, params)).toString())
  }

  async stats(): Promise<StoreStats> {
    return JSON.parse(Buffer.from(await this.client.stats()).toString())
  }

  /** Resolves when all that was acknowledged can be queried. */
  async settle(): Promise<void> {
    await this.client.settle()
  }

  /** Roll-ups and expiry now, which otherwise come every minute. */
  async maintain(nowMs: number): Promise<void> {
    await this.client.maintain(nowMs)
  }

  /** Refuses from now on, waits for what was taken, ends the process. What is not in the columns yet is there after the next start. */
  async close(graceMs = 1_500): Promise<void> {
    clearInterval(this.#timer)
    await this.wal.close()
    await this.client.stop(graceMs)
  }

  #remember(id: string, kept: Promise<void>): void {
    this.#recent.set(id, kept)
    if (this.#recent.size > maxRecent) this.#recent.delete(this.#recent.keys().next().value as string)
  }
}
