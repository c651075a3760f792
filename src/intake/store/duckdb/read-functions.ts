import { kindOf } from '../kinds'
import type { Frame, FunctionQuery, FunctionTotals } from '../profile-store'
import type { Database } from './database'
import type { Dictionaries } from './dictionaries'
import { minutesSql, type SplitRange, splitRange } from './roll-ups'
import { Groups, type Selected, selectedSql, selectRollGroups, selectSeries } from './selection'

/** SQL of rows `g, frame, self0.., total0..`, not yet summed up, for the part of a range that has no roll-ups. */
function functionsFromSamples(width: number, selected: Selected, minutes: SplitRange['minutes']): string {
  const indices = Array.from({ length: width }, (_, i) => i)
  return `SELECT f.g, f.frame, ${indices.map((i) => `CASE WHEN f.frame = f.leaf THEN f.v${i} ELSE 0 END AS self${i}`).join(', ')},
      ${indices.map((i) => `f.v${i} AS total${i}`).join(', ')}
    FROM (SELECT t.*, k.frames[1] AS leaf, unnest(list_distinct(k.frames)) AS frame FROM (
        SELECT sel.g, s.stack, ${indices.map((i) => `sum(s.v${i}) AS v${i}`).join(', ')}
        FROM samples s JOIN ${selectedSql(selected)} ON sel.id = s.series WHERE ${minutesSql('s.ts', minutes)} GROUP BY ALL
      ) t JOIN stacks k ON k.id = t.stack) f`
}

/** Sums by function, the largest of them. */
export async function functionTotals(
  database: Database,
  dictionaries: Dictionaries,
  query: FunctionQuery,
): Promise<FunctionTotals> {
  const kind = kindOf(query.kind)
  const indices = kind.values.map((_, i) => i)
  const groups = new Groups()
  const range = await splitRange(database, query)
  const selected = await selectSeries(database, query, query.groupBy, groups)
  const fromSamples = range.minutes.length > 0 || range.hours.length === 0
  const sources = fromSamples ? [functionsFromSamples(indices.length, selected, range.minutes)] : []
  if (range.hours.length > 0) {
    const rolled = await selectRollGroups(database, query, query.groupBy, groups)
    const columns = [...indices.map((i) => `f.self${i}`), ...indices.map((i) => `f.total${i}`)]
    sources.push(`SELECT sel.g, f.frame, ${columns.join(', ')} FROM roll_functions f
      JOIN ${selectedSql(rolled)} ON sel.id = f.roll_group WHERE f.hour IN (${range.hours.join(', ')})`)
  }
  const sums = [
    ...indices.map((i) => `sum(self${i})::DOUBLE AS self${i}`),
    ...indices.map((i) => `sum(total${i})::DOUBLE AS total${i}`),
  ]
  const order = `${query.bySelf ? 'self' : 'total'}${query.orderBy}`
  const rows = await database.read(
    `WITH t AS (SELECT g, frame, ${sums.join(', ')} FROM (${sources.join(' UNION ALL ')}) GROUP BY g, frame),
     top AS (SELECT frame FROM t GROUP BY frame ORDER BY sum(${order}) DESC, frame LIMIT ${query.limit})
     SELECT t.* FROM t JOIN top USING (frame) ORDER BY t.frame, t.g`,
  )
  const frames: Frame[] = []
  const known = new Map<number, number>()
  const column = (at: number, step: number) => rows.doubles(at).map((value) => value * step)
  return {
    groups: groups.list,
    rowGroup: rows.integers(0),
    rowFrame: rows.integers(1).map((id) => {
      const frame = known.get(id) ?? frames.push(dictionaries.frames.byId[id] as Frame) - 1
      known.set(id, frame)
      return frame
    }),
    frames,
    self: kind.values.map(({ step }, i) => column(2 + i, step)),
    total: kind.values.map(({ step }, i) => column(2 + indices.length + i, step)),
  }
}
