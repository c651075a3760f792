import type { ServiceSummary } from '../../../pprof/answers'
import type {
  BlobRef,
  Coverage,
  CoverageQuery,
  FunctionQuery,
  FunctionTotals,
  ProfileRow,
  ProfileStore,
  Retention,
  SegmentState,
  Selection,
  SeriesPoint,
  SeriesQuery,
  SpanQuery,
  SpanRow,
  StackQuery,
  StackTotals,
  StoreStats,
  TimeRange,
  WriteBatch,
  WriteResult,
} from '../profile-store'
import { Database, type DatabaseOptions } from './database'
import { Dictionaries, type NameCaps } from './dictionaries'
import { expireRows } from './expire'
import { coverage } from './read-coverage'
import { functionTotals } from './read-functions'
import { type ListQuery, listProfiles, locate, services, tagKeys, tagValues } from './read-profiles'
import { series } from './read-series'
import { durationQuantiles, readSpans } from './read-spans'
import { stackTotals } from './read-stacks'
import { removeUnused } from './remove-unused'
import { rollUpHour } from './roll-ups'
import { StackCache } from './stack-cache'
import { hourMs, hourOf } from './times'
import { writeBatch } from './write-batch'

const dayMs = 24 * hourMs

export interface DuckDbStoreOptions extends DatabaseOptions, NameCaps {
  path: string
}

/** The columns in one file, written by this process alone. */
export class DuckDbStore implements ProfileStore {
  readonly #cache = new StackCache()
  readonly #segments = new Map<string, SegmentState>()
  #nextProfile = 0
  /** Profiles of hours before this one may have expired. */
  #profilesSinceHour = 0

  private constructor(
    private readonly database: Database,
    private dictionaries: Dictionaries,
    private readonly options: DuckDbStoreOptions,
  ) {}

  static async open(options: DuckDbStoreOptions): Promise<DuckDbStore> {
    const database = await Database.open(options.path, options)
    const store = new DuckDbStore(database, await Dictionaries.load(database, options), options)
    await store.#load()
    return store
  }

  async write(batch: WriteBatch): Promise<WriteResult> {
    const state = this.#segments.get(batch.segment)
    if (state && state.end >= batch.end) {
      if (batch.sealed && !state.sealed) await this.#seal(batch.segment, state.end)
      return { profiles: 0, repeated: batch.profiles.length, spans: 0, otherSeries: 0 }
    }
    const firstProfile = this.#nextProfile
    const result = await this.database.transaction(
      (write) => writeBatch(write, this.dictionaries, batch, () => this.#nextProfile++),
      async (written) => {
        if (written) return
        this.#nextProfile = firstProfile
        await this.#loadDictionaries()
      },
    )
    this.#segments.set(batch.segment, { end: batch.end, sealed: batch.sealed })
    return result
  }

  async written(): Promise<Map<string, SegmentState>> {
    return new Map(this.#segments)
  }

  async recentUploads(sinceMs: number): Promise<Set<string>> {
    const rows = await this.database.read(
      `SELECT DISTINCT replace(upload::VARCHAR, '-', '') FROM profiles WHERE received_ms >= ${Math.floor(sinceMs)}`,
    )
    return new Set(rows.texts(0))
  }

  services(range: TimeRange): Promise<ServiceSummary[]> {
    return services(this.database, range)
  }

  tagKeys(selection: Selection): Promise<string[]> {
    return tagKeys(this.database, selection)
  }

  tagValues(selection: Selection, key: string, limit: number) {
    return tagValues(this.database, selection, key, limit)
  }

  listProfiles(query: ListQuery): Promise<ProfileRow[]> {
    return listProfiles(this.database, query, this.#kept())
  }

  coverage(query: CoverageQuery): Promise<Coverage[]> {
    return coverage(this.database, this.dictionaries, query, this.#profilesSinceHour)
  }

  stackTotals(query: StackQuery): Promise<StackTotals> {
    return stackTotals(this.database, this.dictionaries, this.#cache, query)
  }

  functionTotals(query: FunctionQuery): Promise<FunctionTotals> {
    return functionTotals(this.database, this.dictionaries, query)
  }

  groupTotals(query: Selection & { kind: string; groupBy: readonly string[] }): Promise<SeriesPoint[]> {
    return this.series({ ...query, stepMs: query.toMs - query.fromMs + hourMs })
  }

  series(query: SeriesQuery): Promise<SeriesPoint[]> {
    return series(this.database, this.dictionaries, query, this.#profilesSinceHour)
  }

  spans(query: SpanQuery): Promise<SpanRow[]> {
    return readSpans(this.database, query)
  }

  durationQuantiles(
    query: Selection & { endpoint: string },
    fractions: readonly number[],
  ): Promise<number[]> {
    return durationQuantiles(this.database, query, fractions)
  }

  async locate({ ids, ...range }: TimeRange & { ids: readonly bigint[] }): Promise<ProfileRow[]> {
    const numbers = await locate(this.database, ids, range)
    if (numbers.length === 0) return []
    return this.listProfiles({ ...range, selector: [], numbers, limit: numbers.length })
  }

  async rollUp(hour: number): Promise<void> {
    await this.database.transaction((write) => rollUpHour(write, hourOf(hour)))
  }

  async dueHours(beforeMs: number): Promise<number[]> {
    const rows = await this.database.readOnce(
      `SELECT hour FROM hours WHERE NOT rolled AND hour < ${hourOf(beforeMs)} ORDER BY hour`,
    )
    return Array.from(rows.integers(0), (hour) => hour * hourMs)
  }

  async expire(retention: Retention, nowMs: number): Promise<{ rows: number; segments: string[] }> {
    const { rows, segments } = await this.database.transaction(
      (write) => expireRows(write, retention, nowMs),
      async (expired) => {
        // Tags that come again get a series of their own: the one that is known here has no row any more.
        if (expired && expired.series > 0) await this.#loadDictionaries()
      },
    )
    for (const segment of segments) this.#segments.delete(segment)
    this.#profilesSinceHour = hourOf(nowMs - retention.profilesMs) + 1
    if (rows > 0) await this.database.checkpoint()
    return { rows, segments }
  }

  async removeUnused(nowMs: number): Promise<number> {
    const day = Math.floor(nowMs / dayMs)
    const last = await this.database.read(`SELECT value FROM meta WHERE key = 'unused_removed_day'`)
    if (Number(last.texts(0)[0] ?? 0) >= day) return 0
    return this.database.transaction(
      async (write) => {
        await write.run(`INSERT OR REPLACE INTO meta VALUES ('unused_removed_day', '${day}')`)
        return removeUnused(write, this.dictionaries)
      },
      async (removed) => {
        if (removed) await this.#loadDictionaries()
      },
    )
  }

  async forgetSegments(segments: readonly string[]): Promise<void> {
    await this.database.transaction(async (write) => {
      for (const segment of segments) await write.run('DELETE FROM segments WHERE id = $segment', { segment })
    })
    for (const segment of segments) this.#segments.delete(segment)
  }

  async pin(id: string, { key, offset, length }: BlobRef): Promise<void> {
    await this.database.transaction((write) =>
      write.run(
        `UPDATE profiles SET pinned = true, blob_key = $key, blob_offset = ${offset}, blob_length = ${length}
         WHERE uid = $id::UUID`,
        { key, id },
      ),
    )
  }

  async stats(): Promise<StoreStats> {
    const rows = await this.database.read(`SELECT table_name, estimated_size::DOUBLE FROM duckdb_tables()`)
    const sizes = rows.doubles(1)
    const size = await this.database.read(
      'SELECT (used_blocks * block_size)::DOUBLE FROM pragma_database_size()',
    )
    return {
      tables: Object.fromEntries(rows.texts(0).map((name, i) => [name, sizes[i] as number])),
      bytes: size.doubles(0)[0] ?? 0,
    }
  }

  async close(): Promise<void> {
    await this.database.checkpoint().catch(() => {})
    this.database.close()
  }

  async #loadDictionaries(): Promise<void> {
    this.dictionaries = await Dictionaries.load(this.database, this.options)
  }

  #kept(): ReadonlySet<string> {
    return new Set(this.#segments.keys())
  }

  async #seal(segment: string, end: number): Promise<void> {
    await this.database.transaction((write) =>
      write.run('UPDATE segments SET sealed = true WHERE id = $segment', { segment }),
    )
    this.#segments.set(segment, { end, sealed: true })
  }

  async #load(): Promise<void> {
    const segments = await this.database.read('SELECT id, end_offset::DOUBLE, sealed FROM segments')
    const [ends, sealed] = [segments.doubles(1), segments.values(2)]
    segments.texts(0).forEach((id, i) => {
      this.#segments.set(id, { end: ends[i] as number, sealed: sealed[i] === true })
    })
    const last = await this.database.read('SELECT coalesce(max(id) + 1, 0)::DOUBLE FROM profiles')
    this.#nextProfile = last.doubles(0)[0] ?? 0
  }
}
