import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBUUIDValue,
  type DuckDBValue,
  listValue,
  UBIGINT,
  UINTEGER,
  UUID,
  VARCHAR,
} from '@duckdb/node-api'
import { halvesOf, U32Column } from '../../../pprof/columns'
import { kindOf } from '../kinds'
import type { ColumnProfile, ColumnSpan, WriteBatch, WriteResult } from '../profile-store'
import type { Dictionaries } from './dictionaries'
import { hourOf, minuteOf } from './times'
import type { Writer } from './writer'

/** Spans are in the dictionary of series, as if of a kind of their own. */
export const spanKind = '(span)'

/** Writes one batch within a transaction, but for profiles that are there already. `nextId` numbers profiles. */
export async function writeBatch(
  write: Writer,
  dictionaries: Dictionaries,
  batch: WriteBatch,
  nextId: () => number,
): Promise<WriteResult> {
  const fresh = await unknownProfiles(write, batch.profiles)
  const located = fresh.map(({ kind, tags, startMs }) =>
    dictionaries.series.idOf(kind, tags, hourOf(startMs)),
  )
  const series = located.map(({ id }) => id)
  const services = located.map(({ service }) => service)
  const ids = fresh.map(nextId)
  await writeProfiles(write, batch.segment, fresh, series, ids)
  await writeSamples(write, dictionaries, fresh, series, services)
  await writeRequests(write, dictionaries, fresh, series, services)
  await writeSpanProfiles(write, fresh, ids)
  await writeSpans(write, dictionaries, batch.spans)
  await dictionaries.flush(write)
  for (const hour of new Set(fresh.map(({ startMs }) => hourOf(startMs)))) {
    await write.run(`INSERT OR REPLACE INTO hours VALUES (${hour}, false)`)
  }
  const lastMs = batch.profiles.reduce((last, { receivedMs }) => Math.max(last, receivedMs), 0)
  await write.run(
    `INSERT INTO segments VALUES ($segment, $end, $sealed, $lastMs) ON CONFLICT (id) DO UPDATE SET
     end_offset = excluded.end_offset, sealed = excluded.sealed, last_ms = greatest(last_ms, excluded.last_ms)`,
    { segment: batch.segment, end: BigInt(batch.end), sealed: batch.sealed, lastMs: BigInt(lastMs) },
  )
  return {
    profiles: fresh.length,
    repeated: batch.profiles.length - fresh.length,
    spans: batch.spans.length,
    otherSeries: dictionaries.series.takeOther(),
  }
}

/** Durations weigh gauges: a profile that tells none still counts. */
export function durationMs({ startMs, endMs }: { startMs: number; endMs: number }): number {
  return Math.max(1_000, endMs - startMs)
}

async function unknownProfiles(write: Writer, profiles: readonly ColumnProfile[]): Promise<ColumnProfile[]> {
  const unique = new Map(profiles.map((profile) => [profile.id, profile]))
  if (unique.size === 0) return []
  const minutes = [...unique.values()].map(({ startMs }) => minuteOf(startMs))
  // By time first: that is how the rows lie.
  const [from, to] = [Math.min(...minutes), Math.max(...minutes)]
  const known = await write.run(
    `SELECT replace(uid::VARCHAR, '-', '') FROM profiles
     WHERE ts BETWEEN ${from} AND ${to} AND uid IN (SELECT unnest($ids::VARCHAR[])::UUID)`,
    { ids: listValue([...unique.keys()]) },
  )
  for (const id of known.texts(0)) unique.delete(id)
  return [...unique.values()]
}

async function writeProfiles(
  write: Writer,
  segment: string,
  profiles: ColumnProfile[],
  series: number[],
  ids: number[],
) {
  const total = (column: number) =>
    profiles.map((profile) => {
      const value = kindOf(profile.kind).values[column]
      if (value === undefined) return 0
      return (profile.rowValues[column] as Float64Array).reduce((sum, row) => sum + row, 0) * value.step
    })
  const column = <T extends DuckDBValue>(of: (profile: ColumnProfile) => T) => profiles.map(of)
  await write.append(
    'profiles',
    [
      ...[UINTEGER, UUID, UUID, VARCHAR, UINTEGER, UINTEGER, BIGINT, BIGINT, BIGINT, UINTEGER],
      ...[DOUBLE, DOUBLE, DOUBLE, DOUBLE, VARCHAR, VARCHAR, UBIGINT, UINTEGER, BOOLEAN],
    ],
    [
      ids,
      column(({ id }) => uuid(id)),
      column(({ uploadId }) => uuid(uploadId)),
      column(({ name }) => name),
      series,
      column(({ startMs }) => minuteOf(startMs)),
      column(({ startMs }) => BigInt(startMs)),
      column((profile) => BigInt(profile.startMs + durationMs(profile))),
      column(({ receivedMs }) => BigInt(receivedMs)),
      column(({ samples }) => samples),
      ...[0, 1, 2, 3].map(total),
      column(() => segment),
      column(({ blob }) => blob.key),
      column(({ blob }) => BigInt(blob.offset)),
      column(({ blob }) => blob.length),
      column(() => false),
    ],
  )
}

async function writeSamples(
  write: Writer,
  dictionaries: Dictionaries,
  profiles: ColumnProfile[],
  series: number[],
  services: string[],
) {
  const rows = profiles.reduce((sum, { rowStack }) => sum + rowStack.length, 0)
  const [seriesOf, ts, endpoint, stack] = [rows, rows, rows, rows].map(
    (length) => new Uint32Array(length),
  ) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  const values = [0, 1, 2, 3].map(() => new BigInt64Array(rows))
  // Making a BigInt of each value would be most of the work.
  const halves = values.map(halvesOf)
  let at = 0
  profiles.forEach((profile, i) => {
    const { rowStack, rowEndpoint } = profile
    const service = services[i] as string
    const stacks = dictionaries.stackIds(profile)
    const endpoints = profile.endpoints.map((name) => dictionaries.endpoints.idOf(service, name))
    const kind = kindOf(profile.kind)
    seriesOf.fill(series[i] as number, at, at + rowStack.length)
    ts.fill(minuteOf(profile.startMs), at, at + rowStack.length)
    for (let row = 0; row < rowStack.length; row++) {
      endpoint[at + row] = endpoints[rowEndpoint[row] as number] as number
      stack[at + row] = stacks[rowStack[row] as number] as number
    }
    kind.values.forEach(({ gauge }, column) => {
      const weight = gauge ? durationMs(profile) / 1_000 : 1
      const from = profile.rowValues[column] as Float64Array
      const into = halves[column] as Uint32Array
      for (let row = 0; row < from.length; row++) {
        const value = Math.round((from[row] as number) * weight)
        into[2 * (at + row)] = value
        into[2 * (at + row) + 1] = Math.floor(value / 2 ** 32)
      }
    })
    at += rowStack.length
  })
  const types = [UINTEGER, UINTEGER, UINTEGER, UINTEGER, BIGINT, BIGINT, BIGINT, BIGINT]
  await write.append('samples', types, [seriesOf, ts, endpoint, stack, ...values])
}

async function writeRequests(
  write: Writer,
  dictionaries: Dictionaries,
  profiles: ColumnProfile[],
  series: number[],
  services: string[],
) {
  const columns = [new U32Column(), new U32Column(), new U32Column()] as const
  const counts: bigint[] = []
  profiles.forEach(({ endpointCounts, startMs }, i) => {
    for (const [name, count] of Object.entries(endpointCounts)) {
      columns[0].push(series[i] as number)
      columns[1].push(minuteOf(startMs))
      columns[2].push(dictionaries.endpoints.idOf(services[i] as string, name))
      counts.push(BigInt(count))
    }
  })
  const finished = columns.map((column) => column.finish())
  await write.append(
    'requests',
    [UINTEGER, UINTEGER, UINTEGER, UBIGINT],
    [...finished, BigUint64Array.from(counts)],
  )
}

/** Random ids do not compress: half of an id costs half, and the profile that another id of that half finds now and then has none of its samples. */
export function foldedId(low: number, high: number): number {
  return (low ^ high) >>> 0
}

async function writeSpanProfiles(write: Writer, profiles: ColumnProfile[], ids: number[]) {
  const rows = profiles.reduce((sum, { spanIds }) => sum + spanIds.length, 0)
  const [folded, ts, profile] = [new Uint32Array(rows), new Uint32Array(rows), new Uint32Array(rows)]
  let at = 0
  profiles.forEach(({ spanIds, startMs }, i) => {
    const halves = halvesOf(spanIds)
    const own = folded.subarray(at, at + spanIds.length)
    for (let id = 0; id < own.length; id++)
      own[id] = foldedId(halves[2 * id] as number, halves[2 * id + 1] as number)
    own.sort()
    ts.fill(minuteOf(startMs), at, at + own.length)
    profile.fill(ids[i] as number, at, at + own.length)
    at += own.length
  })
  await write.append('span_profiles', [UINTEGER, UINTEGER, UINTEGER], [folded, ts, profile])
}

async function writeSpans(write: Writer, dictionaries: Dictionaries, spans: ColumnSpan[]) {
  const startMs = (span: ColumnSpan) => Number(span.startNanos / 1_000_000n)
  const ids = (of: (span: ColumnSpan) => bigint) => BigUint64Array.from(spans, of)
  const texts = (of: (span: ColumnSpan) => string) => spans.map(of)
  await write.append(
    'spans',
    [
      ...[UBIGINT, UBIGINT, UBIGINT, UBIGINT, UINTEGER, VARCHAR, VARCHAR, VARCHAR, VARCHAR, UINTEGER],
      ...[BIGINT, BIGINT, BOOLEAN, VARCHAR],
    ],
    [
      ids(({ traceIdHigh }) => traceIdHigh),
      ids(({ traceIdLow }) => traceIdLow),
      ids(({ spanId }) => spanId),
      ids(({ parentId }) => parentId),
      Uint32Array.from(
        spans,
        (span) => dictionaries.series.idOf(spanKind, span.tags, hourOf(startMs(span))).id,
      ),
      texts(({ service }) => service),
      texts(({ name }) => name),
      texts(({ resource }) => resource),
      texts(({ kind }) => kind),
      Uint32Array.from(spans, (span) => minuteOf(startMs(span))),
      BigInt64Array.from(spans, ({ startNanos }) => startNanos),
      BigInt64Array.from(spans, ({ durationNanos }) => durationNanos),
      spans.map(({ error }) => error),
      texts(({ attributes }) => JSON.stringify(attributes)),
    ],
  )
}

function uuid(hex: string): DuckDBUUIDValue {
  return DuckDBUUIDValue.fromUint128(BigInt(`0x${hex}`))
}
