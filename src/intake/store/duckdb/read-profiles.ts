import type { DuckDBValue } from '@duckdb/node-api'
import type { ServiceSummary } from '../../../pprof/answers'
import { kindOf } from '../kinds'
import type { ProfileRow, Selection, TimeRange } from '../profile-store'
import type { Database } from './database'
import { tagsOf } from './read-spans'
import { Groups, selectedSql, selectorSql, selectSeries, tagSql } from './selection'
import { minuteOf } from './times'
import { foldedId, spanKind } from './write-batch'

const times = ({ fromMs, toMs }: TimeRange) =>
  `p.ts BETWEEN ${minuteOf(fromMs)} AND ${minuteOf(toMs)} AND p.start_ms >= ${Math.floor(fromMs)} AND p.start_ms < ${Math.ceil(toMs)}`

export async function services(database: Database, range: TimeRange): Promise<ServiceSummary[]> {
  const rows = await database.read(
    `SELECT r.service, list_sort(list(DISTINCT r.kind)), list_sort(list(DISTINCT r.env)), list_sort(list(DISTINCT r.version)),
       count(DISTINCT r.runtime_id)::DOUBLE, count(*)::DOUBLE, min(p.start_ms)::DOUBLE, max(p.end_ms)::DOUBLE
     FROM profiles p JOIN series r ON r.id = p.series WHERE ${times(range)} GROUP BY r.service ORDER BY r.service`,
  )
  const list = (column: number) =>
    rows.values(column).map((value) => (value as unknown as { items: string[] }).items)
  const [kinds, envs, versions] = [list(1), list(2), list(3)]
  const [processes, profiles, first, last] = [
    rows.doubles(4),
    rows.doubles(5),
    rows.doubles(6),
    rows.doubles(7),
  ]
  return rows.texts(0).map((service, i) => ({
    service,
    kinds: [...(kinds[i] as string[])],
    envs: [...(envs[i] as string[])],
    versions: [...(versions[i] as string[])],
    processes: processes[i] as number,
    profiles: profiles[i] as number,
    firstMs: first[i] as number,
    lastMs: last[i] as number,
  }))
}

export async function tagKeys(database: Database, selection: Selection): Promise<string[]> {
  const values: Record<string, DuckDBValue> = {}
  const where = selectorSql(selection.selector, values)
  const rows = await database.read(
    `SELECT DISTINCT unnest(map_keys(tags)) AS key FROM series WHERE kind <> '${spanKind}' AND ${where}
     AND id IN (SELECT DISTINCT series FROM profiles p WHERE ${times(selection)}) ORDER BY key`,
    values,
  )
  return rows.texts(0)
}

export async function tagValues(database: Database, selection: Selection, key: string, limit: number) {
  const values: Record<string, DuckDBValue> = {}
  const tag = tagSql(key, values)
  const where = selectorSql(selection.selector, values)
  const rows = await database.read(
    `SELECT r.tag, count(*)::DOUBLE AS n FROM profiles p
     JOIN (SELECT id, ${tag} AS tag FROM series WHERE kind <> '${spanKind}' AND ${where}) r ON r.id = p.series
     WHERE ${times(selection)} GROUP BY r.tag ORDER BY n DESC, r.tag LIMIT ${limit}`,
    values,
  )
  const counts = rows.doubles(1)
  return rows.texts(0).map((value, i) => ({ value, profiles: counts[i] as number }))
}

export interface ListQuery extends Selection {
  kind?: string
  ids?: readonly string[]
  /** Numbers of rows instead. */
  numbers?: Uint32Array
  limit: number
  offset?: number
}

export async function listProfiles(
  database: Database,
  query: ListQuery,
  segments: ReadonlySet<string>,
): Promise<ProfileRow[]> {
  const selected = await selectSeries(database, { ...query, notKind: spanKind }, [], new Groups())
  const conditions = [times(query)]
  if (query.ids) {
    const ids = query.ids.filter((id) => /^[0-9a-f]{32}$/.test(id)).map((id) => `'${id}'::UUID`)
    conditions.push(`p.uid IN (${ids.join(', ') || 'NULL'})`)
  }
  if (query.numbers) conditions.push(`p.id IN (${query.numbers.join(', ') || 'NULL'})`)
  // Sorted by what the order needs alone: whole rows, with those that `offset` leaves out, would not fit into the database's memory.
  const page = `SELECT p.rowid AS row FROM profiles p JOIN ${selectedSql(selected)} ON sel.id = p.series
     WHERE ${conditions.join(' AND ')} ORDER BY p.start_ms DESC, p.id DESC LIMIT ${query.limit} OFFSET ${query.offset ?? 0}`
  const rows = await database.read(
    `SELECT replace(p.uid::VARCHAR, '-', ''), replace(p.upload::VARCHAR, '-', ''), p.name, r.kind, map_keys(r.tags), map_values(r.tags),
       p.start_ms::DOUBLE, p.end_ms::DOUBLE, p.received_ms::DOUBLE, p.samples, p.v0, p.v1, p.v2, p.v3,
       p.segment, p.blob_key, p.blob_offset::DOUBLE, p.blob_length, p.pinned
     FROM profiles p JOIN (${page}) page ON page.row = p.rowid JOIN series r ON r.id = p.series
     ORDER BY p.start_ms DESC, p.id DESC`,
  )
  const texts = [0, 1, 2, 3].map((column) => rows.texts(column))
  const [keys, values] = [rows.values(4), rows.values(5)]
  const [starts, ends, received] = [rows.doubles(6), rows.doubles(7), rows.doubles(8)]
  const totals = [10, 11, 12, 13].map((column) => rows.doubles(column))
  const [samples, segment, blobKey] = [rows.integers(9), rows.texts(14), rows.texts(15)]
  const [offsets, lengths, pinned] = [rows.doubles(16), rows.integers(17), rows.values(18)]
  return starts.length === 0
    ? []
    : Array.from(starts, (startMs, i): ProfileRow => {
        const kind = texts[3]?.[i] as string
        const kept = pinned[i] === true || segments.has(segment[i] as string)
        return {
          id: texts[0]?.[i] as string,
          uploadId: texts[1]?.[i] as string,
          name: texts[2]?.[i] as string,
          kind,
          tags: tagsOf(keys[i], values[i]),
          startMs,
          endMs: ends[i] as number,
          receivedMs: received[i] as number,
          samples: samples[i] as number,
          totals: kindOf(kind).values.map((_, v) => totals[v]?.[i] as number),
          blob: kept
            ? { key: blobKey[i] as string, offset: offsets[i] as number, length: lengths[i] as number }
            : undefined,
          pinned: pinned[i] === true,
        }
      })
}

/** Numbers of the profiles that may have samples of any of these ids. */
export async function locate(
  database: Database,
  ids: readonly bigint[],
  { fromMs, toMs }: TimeRange,
): Promise<Uint32Array> {
  const folded = ids.map((id) => foldedId(Number(id & 0xffffffffn), Number(id >> 32n)))
  const rows = await database.read(
    `SELECT DISTINCT profile FROM span_profiles WHERE ts BETWEEN ${minuteOf(fromMs)} AND ${minuteOf(toMs)}
     AND folded IN (${folded.join(', ') || 'NULL'})`,
  )
  return rows.integers(0)
}
