import type { DuckDBValue } from '@duckdb/node-api'
import type { SpanKind } from '../../model'
import type { Selection, SpanQuery, SpanRow } from '../profile-store'
import type { Database } from './database'
import { selectorSql } from './selection'
import { minuteOf } from './times'
import { spanKind } from './write-batch'

/** A span that was sent twice is told once. */
export async function readSpans(database: Database, query: SpanQuery): Promise<SpanRow[]> {
  const values: Record<string, DuckDBValue> = {}
  const conditions = [spanTimes(query)]
  const ids = (column: string, of: readonly bigint[] | undefined) => {
    if (of) conditions.push(`${column} IN (${of.map((id) => `${id}::UBIGINT`).join(', ') || 'NULL'})`)
  }
  ids('trace_low', query.traceIdsLow)
  ids('s.id', query.spanIds)
  if (query.endpoint !== undefined) {
    values.endpoint = query.endpoint
    conditions.push(`resource = $endpoint AND s.kind = 'server'`)
  }
  if (query.minDurationNanos !== undefined)
    conditions.push(`duration_nanos >= ${Math.floor(query.minDurationNanos)}`)
  if (query.maxDurationNanos !== undefined)
    conditions.push(`duration_nanos <= ${Math.ceil(query.maxDurationNanos)}`)
  if (query.kinds) conditions.push(`s.kind IN (${query.kinds.map((kind) => `'${kind}'`).join(', ')})`)
  const orderBy = query.orderBy ?? (query.endpoint === undefined ? 'start' : 'duration')
  const selector = selectorSql(query.selector ?? [], values)
  const rows = await database.read(
    `SELECT trace_high, trace_low, s.id, parent, s.service, name, resource, s.kind, start_nanos, duration_nanos, error, attributes,
       map_keys(r.tags), map_values(r.tags)
     FROM spans s JOIN (SELECT id, tags FROM series WHERE kind = '${spanKind}' AND ${selector}) r ON r.id = s.series
     WHERE ${conditions.join(' AND ')}
     QUALIFY row_number() OVER (PARTITION BY trace_low, s.id ORDER BY start_nanos) = 1
     ORDER BY ${orderBy === 'start' ? 'start_nanos, s.id' : 'duration_nanos DESC, s.id'} LIMIT ${query.limit}`,
    values,
  )
  const [high, low, spanIds, parents] = [rows.ids(0), rows.ids(1), rows.ids(2), rows.ids(3)]
  const [services, names, resources, kinds] = [rows.texts(4), rows.texts(5), rows.texts(6), rows.texts(7)]
  const [starts, durations, errors] = [rows.bigints(8), rows.bigints(9), rows.values(10)]
  const [attributes, keys, tagValues] = [rows.texts(11), rows.values(12), rows.values(13)]
  return services.map((service, i) => ({
    traceIdHigh: high[i] as bigint,
    traceIdLow: low[i] as bigint,
    spanId: spanIds[i] as bigint,
    parentId: parents[i] as bigint,
    service,
    name: names[i] as string,
    resource: resources[i] as string,
    kind: kinds[i] as SpanKind,
    startNanos: starts[i] as bigint,
    durationNanos: durations[i] as bigint,
    error: errors[i] as boolean,
    attributes: JSON.parse(attributes[i] as string) as SpanRow['attributes'],
    tags: tagsOf(keys[i], tagValues[i]),
  }))
}

export async function durationQuantiles(
  database: Database,
  query: Selection & { endpoint: string },
  fractions: readonly number[],
): Promise<number[]> {
  const values: Record<string, DuckDBValue> = { endpoint: query.endpoint }
  const selector = selectorSql(query.selector, values)
  const rows = await database.read(
    `SELECT count(*)::DOUBLE, ${fractions.map((fraction) => `coalesce(quantile_cont(duration_nanos::DOUBLE, ${fraction}), 0)::DOUBLE`).join(', ')}
     FROM spans s JOIN (SELECT id FROM series WHERE kind = '${spanKind}' AND ${selector}) r ON r.id = s.series
     WHERE resource = $endpoint AND s.kind = 'server' AND ${spanTimes(query)}`,
    values,
  )
  if (rows.doubles(0)[0] === 0) return []
  return fractions.map((_, i) => rows.doubles(i + 1)[0] as number)
}

function spanTimes({ fromMs, toMs }: { fromMs: number; toMs: number }): string {
  const nanos = (ms: number) => BigInt(Math.floor(ms)) * 1_000_000n
  return `s.ts BETWEEN ${minuteOf(fromMs)} AND ${minuteOf(toMs)} AND start_nanos >= ${nanos(fromMs)} AND start_nanos < ${nanos(toMs)}`
}

/** A MAP's keys and values as the database gives them. */
export function tagsOf(
  keys: DuckDBValue | undefined,
  values: DuckDBValue | undefined,
): Record<string, string> {
  const items = (list: DuckDBValue | undefined) => (list as unknown as { items: string[] }).items
  const texts = items(values)
  return Object.fromEntries(items(keys).map((key, i) => [key, texts[i] as string]))
}
