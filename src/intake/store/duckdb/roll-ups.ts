import type { Selector } from '../../query/selector'
import type { TimeRange } from '../profile-store'
import type { Database } from './database'
import { hourMs, hourOf, minuteMs, minuteOf } from './times'
import type { Writer } from './writer'

const minutesPerHour = hourMs / minuteMs
const values = [0, 1, 2, 3]
const rollable = new Set(['service', 'env', 'version', 'endpoint'])

/** A range, part of which the roll-ups can answer. Hours are whole, minutes are the rest; both from-to, `to` excluded. */
export interface SplitRange {
  hours: number[]
  minutes: [from: number, to: number][]
}

/** True where the roll-ups know all tags that are asked about. */
export function isRollable(selector: Selector, groupBy: readonly string[]): boolean {
  return [...selector.map(({ key }) => key), ...groupBy].every((key) => rollable.has(key))
}

/** True where no step of a query begins or ends within an hour that it has whole. */
export function isOfHours({ fromMs, toMs }: TimeRange, stepMs: number): boolean {
  return fromMs + stepMs > toMs || (stepMs % hourMs === 0 && fromMs % hourMs === 0)
}

export function wholeRange({ fromMs, toMs }: TimeRange): SplitRange {
  return { hours: [], minutes: [[minuteOf(fromMs), minuteOf(toMs + minuteMs - 1)]] }
}

/** The whole hours of a range that are rolled up, and of the rest what has anything in it. */
export async function splitRange(database: Database, range: TimeRange): Promise<SplitRange> {
  const rows = await database.readOnce(
    `SELECT hour, rolled FROM hours WHERE hour >= ${hourOf(range.fromMs)} AND hour <= ${hourOf(range.toMs)} ORDER BY hour`,
  )
  const isRolled = rows.values(1)
  const [[first, last]] = wholeRange(range).minutes as [[number, number]]
  const split: SplitRange = { hours: [], minutes: [] }
  rows.integers(0).forEach((hour, i) => {
    const [from, to] = [hour * minutesPerHour, (hour + 1) * minutesPerHour]
    if (isRolled[i] === true && from >= first && to <= last) {
      split.hours.push(hour)
      return
    }
    const minutes: [number, number] = [Math.max(first, from), Math.min(last, to)]
    const before = split.minutes.at(-1)
    if (minutes[0] >= minutes[1]) return
    if (before?.[1] === minutes[0]) before[1] = minutes[1]
    else split.minutes.push(minutes)
  })
  return split
}

/** SQL for the minutes of a column. */
export function minutesSql(column: string, minutes: SplitRange['minutes']): string {
  const ranges = minutes.map(([from, to]) => `${column} >= ${from} AND ${column} < ${to}`)
  return ranges.length === 0 ? 'false' : `(${ranges.join(' OR ')})`
}

/** Makes the roll-ups of one hour anew from the samples, within a transaction. */
export async function rollUpHour(write: Writer, hour: number): Promise<void> {
  const ofHour = (alias: string) =>
    `${alias}.ts >= ${hour * minutesPerHour} AND ${alias}.ts < ${(hour + 1) * minutesPerHour}`
  for (const table of ['stacks', 'functions', 'coverage', 'requests']) {
    await write.run(`DELETE FROM roll_${table} WHERE hour = ${hour}`)
  }
  await write.run(`
    INSERT INTO roll_stacks
    SELECT ${hour}, r.roll_group, s.endpoint, s.stack, ${values.map((v) => `sum(s.v${v})::BIGINT`).join(', ')}
    FROM samples s JOIN series r ON r.id = s.series WHERE ${ofHour('s')}
    GROUP BY r.roll_group, s.endpoint, s.stack ORDER BY r.roll_group, s.stack, s.endpoint`)
  // A function that recurs counts once in its total.
  await write.run(`
    INSERT INTO roll_functions
    WITH t AS (
      SELECT roll_group, stack, ${values.map((v) => `sum(v${v}) AS v${v}`).join(', ')}
      FROM roll_stacks WHERE hour = ${hour} GROUP BY roll_group, stack
    ), f AS (
      SELECT t.*, k.frames[1] AS leaf, unnest(list_distinct(k.frames)) AS frame FROM t JOIN stacks k ON k.id = t.stack
    )
    SELECT ${hour}, roll_group, frame,
      ${values.map((v) => `coalesce(sum(v${v}) FILTER (frame = leaf), 0)::BIGINT`).join(', ')},
      ${values.map((v) => `sum(v${v})::BIGINT`).join(', ')}
    FROM f GROUP BY roll_group, frame ORDER BY roll_group, frame`)
  await write.run(`
    INSERT INTO roll_coverage
    SELECT ${hour}, g, count(*)::UINTEGER, sum(end_ms - start_ms)::BIGINT, sum(${newMsSql})::BIGINT
    FROM (${withPreviousEnd(`SELECT r.roll_group AS g, p.start_ms, p.end_ms FROM profiles p JOIN series r ON r.id = p.series
      WHERE ${ofHour('p')}`)}) GROUP BY g`)
  await write.run(`
    INSERT INTO roll_requests
    SELECT ${hour}, r.roll_group, q.endpoint, sum(q.count)::UBIGINT
    FROM requests q JOIN series r ON r.id = q.series WHERE ${ofHour('q')} GROUP BY r.roll_group, q.endpoint`)
  await write.run(`INSERT OR REPLACE INTO hours VALUES (${hour}, true)`)
}

/** Rows `g, start_ms, end_ms` with the end of all that began before in the same group. */
export function withPreviousEnd(rows: string): string {
  return `SELECT *, max(end_ms) OVER (PARTITION BY g ORDER BY start_ms, end_ms
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_end FROM (${rows})`
}

/** What an interval adds to the union of those before it. */
export const newMsSql = 'greatest(0, end_ms - greatest(start_ms, coalesce(previous_end, start_ms)))'
