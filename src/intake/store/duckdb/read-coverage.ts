import { kindOf } from '../kinds'
import type { Coverage, CoverageQuery, TimeRange } from '../profile-store'
import type { Database } from './database'
import type { Dictionaries } from './dictionaries'
import { endpointSql } from './read-stacks'
import {
  isOfHours,
  isRollable,
  minutesSql,
  newMsSql,
  type SplitRange,
  splitRange,
  wholeRange,
  withPreviousEnd,
} from './roll-ups'
import { Groups, selectedSql, selectRollGroups, selectSeries } from './selection'
import { hourMs, minuteMs } from './times'

/** Coverage of one group in one step of time. */
export interface CoverageStep extends Coverage {
  step: number
}

/** Profiled time and requests by group. For states from the profiles themselves, for whole hours before `profilesSinceHour` from the roll-ups. */
export async function coverage(
  database: Database,
  dictionaries: Dictionaries,
  query: CoverageQuery,
  profilesSinceHour: number,
): Promise<Coverage[]> {
  const steps = await coverageSteps(
    database,
    dictionaries,
    query,
    query.toMs - query.fromMs + hourMs,
    profilesSinceHour,
  )
  return steps.map(({ step: _, ...rest }) => rest)
}

/** The same by steps of `stepMs` from `fromMs` on. */
export async function coverageSteps(
  database: Database,
  dictionaries: Dictionaries,
  query: CoverageQuery,
  stepMs: number,
  profilesSinceHour: number,
): Promise<CoverageStep[]> {
  const groups = new Groups()
  const selected = await selectSeries(database, query, query.groupBy, groups)
  const split = isRollable(query.selector, query.groupBy)
    ? await splitRange(database, query)
    : wholeRange(query)
  // Times side by side do not add up over roll-ups: what asks for them reads the profiles as long as these are there.
  const needsUnion = kindOf(query.kind).values.some(({ gauge }) => gauge)
  const { hours, minutes } =
    !needsUnion && isOfHours(query, stepMs) ? split : onlyHoursBefore(profilesSinceHour, query, split)
  const rolled = hours.length > 0 ? await selectRollGroups(database, query, query.groupBy, groups) : undefined
  const steps = new Map<number, CoverageStep>()
  const width = Math.max(1, groups.list.length)
  const key = (time: string, unitMs: number) =>
    `(${stepSql(time, unitMs, query.fromMs, stepMs)} * ${width} + sel.g)::UINTEGER AS g`
  const add = async (sql: string, each: (of: CoverageStep, n: number[]) => void) => {
    const rows = await database.read(sql)
    const columns = [1, 2, 3].map((i) => rows.doubles(i))
    rows.integers(0).forEach((at, row) => {
      const group = groups.list[at % width] as string[]
      const step = steps.get(at) ?? {
        ...{ step: Math.floor(at / width), group },
        ...{ profiles: 0, processSeconds: 0, unionSeconds: 0, requests: 0 },
      }
      steps.set(at, step)
      each(
        step,
        columns.map((column) => column[row] as number),
      )
    })
  }
  const addTimes = (of: CoverageStep, [profiles = 0, process = 0, union = 0]: number[]) => {
    of.profiles += profiles
    of.processSeconds += process / 1_000
    of.unionSeconds += union / 1_000
  }
  const addRequests = (of: CoverageStep, [requests = 0]: number[]) => {
    of.requests += requests
  }
  const where = query.endpoint === undefined ? '' : endpointSql(dictionaries.endpoints.idsOf(query.endpoint))
  if (minutes.length > 0) {
    await add(
      `SELECT g, count(*)::DOUBLE, sum(end_ms - start_ms)::DOUBLE, sum(${newMsSql})::DOUBLE FROM (${withPreviousEnd(
        `SELECT ${key('p.ts', minuteMs)}, p.start_ms, p.end_ms FROM profiles p JOIN ${selectedSql(selected)} ON sel.id = p.series
       WHERE ${minutesSql('p.ts', minutes)}`,
      )}) GROUP BY g`,
      addTimes,
    )
    await add(
      `SELECT g, sum(count)::DOUBLE, 0::DOUBLE, 0::DOUBLE FROM (SELECT ${key('q.ts', minuteMs)}, q.count FROM requests q
     JOIN ${selectedSql(selected)} ON sel.id = q.series WHERE ${minutesSql('q.ts', minutes)} ${where}) GROUP BY g`,
      addRequests,
    )
  }
  if (rolled) {
    // Groups that ran side by side are told as one after the other only where the hour has room for it.
    await add(
      `SELECT g, sum(n)::DOUBLE, sum(p)::DOUBLE, sum(u)::DOUBLE FROM (
         SELECT ${key('c.hour', hourMs)}, sum(c.profiles) AS n, sum(c.process_ms) AS p, least(${hourMs}, sum(c.union_ms)) AS u
         FROM roll_coverage c JOIN ${selectedSql(rolled)} ON sel.id = c.roll_group WHERE c.hour IN (${hours.join(', ')})
         GROUP BY 1, c.hour) GROUP BY g`,
      addTimes,
    )
    await add(
      `SELECT g, sum(count)::DOUBLE, 0::DOUBLE, 0::DOUBLE FROM (SELECT ${key('q.hour', hourMs)}, q.count FROM roll_requests q
       JOIN ${selectedSql(rolled)} ON sel.id = q.roll_group WHERE q.hour IN (${hours.join(', ')}) ${where}) GROUP BY g`,
      addRequests,
    )
  }
  return [...steps.values()]
}

function onlyHoursBefore(lastHour: number, range: TimeRange, split: SplitRange): SplitRange {
  const [[from, to]] = wholeRange(range).minutes as [[number, number]]
  const hours = split.hours.filter((hour) => hour < lastHour)
  const last = hours.at(-1)
  const first = last === undefined ? from : Math.max(from, (last + 1) * 60)
  return { hours, minutes: first < to ? [[first, to]] : [] }
}

/** SQL for the number of the step that a minute or hour belongs to. */
export function stepSql(time: string, unitMs: number, fromMs: number, stepMs: number): string {
  return `(greatest(0, ${time}::BIGINT * ${unitMs} - ${Math.floor(fromMs)}) // ${Math.floor(stepMs)})`
}
