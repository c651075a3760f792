import { kindOf } from '../kinds'
import type { SeriesPoint, SeriesQuery } from '../profile-store'
import type { Database } from './database'
import type { Dictionaries } from './dictionaries'
import { coverageSteps, stepSql } from './read-coverage'
import { endpointSql } from './read-stacks'
import { isOfHours, isRollable, minutesSql, splitRange, wholeRange } from './roll-ups'
import { Groups, listSql, selectedSql, selectRollGroups, selectSeries } from './selection'
import { hourMs, minuteMs } from './times'

/** Sums by step of time and group; from the roll-ups where the steps are whole hours and these know all that is asked about. */
export async function series(
  database: Database,
  dictionaries: Dictionaries,
  query: SeriesQuery,
  profilesSinceHour: number,
): Promise<SeriesPoint[]> {
  const { fromMs, stepMs, frame } = query
  const kind = kindOf(query.kind)
  const indices = kind.values.map((_, i) => i)
  const tags = query.groupBy.filter((key) => key !== 'endpoint')
  const byEndpoint = query.groupBy.includes('endpoint')
  const groups = new Groups()
  const selected = await selectSeries(database, query, tags, groups)
  const inHours = isOfHours(query, stepMs) && isRollable(query.selector, query.groupBy)
  const range = inHours ? await splitRange(database, query) : wholeRange(query)
  const frames = frame && listSql(frameIds(dictionaries, frame))
  const where = query.endpoint === undefined ? '' : endpointSql(dictionaries.endpoints.idsOf(query.endpoint))
  const endpoint = byEndpoint ? 's.endpoint' : '0::UINTEGER AS endpoint'
  const v = indices.map((i) => `s.v${i}`)
  // Of a function: sums of the stacks that hold it, and of those that end in it.
  const joined = frames
    ? `JOIN (SELECT id, list_contains(${frames}, frames[1]) AS own FROM stacks WHERE list_has_any(frames, ${frames})) k ON k.id = s.stack`
    : ''
  const self = indices.map((i) =>
    frame ? `CASE WHEN k.own THEN s.v${i} ELSE 0 END AS self${i}` : `s.v${i} AS self${i}`,
  )
  const columns = (time: string, unitMs: number) =>
    `${stepSql(time, unitMs, fromMs, stepMs)}::UINTEGER AS step, sel.g, ${endpoint}, ${[...self, ...v].join(', ')}`
  const sources: string[] = []
  if (range.minutes.length > 0 || range.hours.length === 0) {
    sources.push(
      `SELECT ${columns('s.ts', minuteMs)} FROM samples s JOIN ${selectedSql(selected)} ON sel.id = s.series ${joined}
       WHERE ${minutesSql('s.ts', range.minutes)} ${where}`,
    )
  }
  if (range.hours.length > 0) {
    const rolled = await selectRollGroups(database, query, tags, groups)
    sources.push(
      `SELECT ${columns('s.hour', hourMs)} FROM roll_stacks s JOIN ${selectedSql(rolled)} ON sel.id = s.roll_group ${joined}
       WHERE s.hour IN (${range.hours.join(', ')}) ${where}`,
    )
  }
  const sums = [...indices.map((i) => `sum(self${i})::DOUBLE`), ...indices.map((i) => `sum(v${i})::DOUBLE`)]
  const rows = await database.read(
    `SELECT step, g, endpoint, ${sums.join(', ')} FROM (${sources.join(' UNION ALL ')}) GROUP BY step, g, endpoint ORDER BY step, g`,
  )
  const covered = await coverageSteps(
    database,
    dictionaries,
    { ...query, groupBy: tags },
    stepMs,
    profilesSinceHour,
  )
  const coverageOf = new Map(covered.map((one) => [JSON.stringify([one.step, one.group]), one]))
  const place = query.groupBy.indexOf('endpoint')
  const [steps, groupIds, endpoints] = [rows.integers(0), rows.integers(1), rows.integers(2)]
  const values = sums.map((_, i) => rows.doubles(3 + i))
  const of = (row: number, first: number) =>
    kind.values.map(({ step }, i) => (values[first + i]?.[row] as number) * step)
  return Array.from(steps, (step, row) => {
    const tagValues = groups.list[groupIds[row] as number] as string[]
    const name = dictionaries.endpoints.names[endpoints[row] as number] as string
    const group = byEndpoint ? [...tagValues.slice(0, place), name, ...tagValues.slice(place)] : tagValues
    const cover = coverageOf.get(JSON.stringify([step, tagValues]))
    return {
      group,
      timeMs: fromMs + step * stepMs,
      self: of(row, 0),
      total: of(row, indices.length),
      profiles: cover?.profiles ?? 0,
      processSeconds: cover?.processSeconds ?? 0,
      unionSeconds: cover?.unionSeconds ?? 0,
      requests: cover?.requests ?? 0,
    }
  })
}

function frameIds({ frames }: Dictionaries, wanted: { name: string; file?: string }): Uint32Array {
  const ids: number[] = []
  frames.byId.forEach(({ name, file }, id) => {
    if (name === wanted.name && (wanted.file === undefined || wanted.file === file)) ids.push(id)
  })
  return Uint32Array.from(ids)
}
