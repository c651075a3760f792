import { U32Column } from '../../../pprof/columns'
import { kindOf } from '../kinds'
import type { Frame, StackQuery, StackTotals } from '../profile-store'
import type { Database } from './database'
import type { Dictionaries } from './dictionaries'
import { isRollable, minutesSql, splitRange, wholeRange } from './roll-ups'
import type { Rows } from './rows'
import { Groups, selectedSql, selectRollGroups, selectSeries } from './selection'
import type { StackCache } from './stack-cache'

/** Sums by group, endpoint where asked for, and stack; values in units. */
export interface RawTotals {
  groups: string[][]
  rowGroup: Uint32Array
  rowStack: Uint32Array
  values: Float64Array[]
}

/** Reads sums from the samples, and for whole hours from the roll-ups where these know all that is asked about. */
export async function readTotals(
  database: Database,
  dictionaries: Dictionaries,
  query: Omit<StackQuery, 'limit' | 'orderBy'>,
): Promise<RawTotals> {
  const tags = query.groupBy.filter((key) => key !== 'endpoint')
  const byEndpoint = query.groupBy.includes('endpoint')
  const groups = new Groups()
  const selected = await selectSeries(database, query, tags, groups)
  const range = isRollable(query.selector, query.groupBy)
    ? await splitRange(database, query)
    : wholeRange(query)
  const kind = kindOf(query.kind)
  const where = query.endpoint === undefined ? '' : endpointSql(dictionaries.endpoints.idsOf(query.endpoint))
  const sums = kind.values.map((_, i) => `sum(v${i})::DOUBLE`).join(', ')
  const columns = kind.values.map((_, i) => `v${i}`).join(', ')
  const sources = [
    `SELECT sel.g, s.endpoint, s.stack, ${columns} FROM samples s JOIN ${selectedSql(selected)} ON sel.id = s.series
     WHERE ${minutesSql('s.ts', range.minutes)} ${where}`,
  ]
  if (range.hours.length > 0) {
    const rolled = await selectRollGroups(database, query, tags, groups)
    sources.push(
      `SELECT sel.g, s.endpoint, s.stack, ${columns} FROM roll_stacks s JOIN ${selectedSql(rolled)} ON sel.id = s.roll_group
       WHERE s.hour IN (${range.hours.join(', ')}) ${where}`,
    )
  }
  const by = byEndpoint ? 'g, endpoint, stack' : 'g, stack'
  const rows = await database.read(
    `SELECT ${by}, ${sums} FROM (${sources.join(' UNION ALL ')}) GROUP BY ${by}`,
  )
  return byEndpoint
    ? regroup(rows, groups.list, query.groupBy, dictionaries, kind.values)
    : plain(rows, groups.list, kind.values)
}

function plain(rows: Rows, groups: string[][], values: readonly { step: number }[]): RawTotals {
  return {
    groups,
    rowGroup: rows.integers(0),
    rowStack: rows.integers(1),
    values: values.map(({ step }, i) => inUnits(rows.doubles(i + 2), step)),
  }
}

/** Groups by tags become groups by tags and endpoint's name, in the order asked for. */
function regroup(
  rows: Rows,
  groups: string[][],
  groupBy: readonly string[],
  dictionaries: Dictionaries,
  values: readonly { step: number }[],
): RawTotals {
  const place = groupBy.indexOf('endpoint')
  const names = new Groups()
  const endpoints = rows.integers(1)
  const rowGroup = rows.integers(0).map((group, row) => {
    const name = dictionaries.endpoints.names[endpoints[row] as number] as string
    const tags = groups[group] as string[]
    return names.index([...tags.slice(0, place), name, ...tags.slice(place)])
  })
  return {
    groups: names.list,
    rowGroup,
    rowStack: rows.integers(2),
    values: values.map(({ step }, i) => inUnits(rows.doubles(i + 3), step)),
  }
}

function inUnits(values: Float64Array, step: number): Float64Array {
  return step === 1 ? values : values.map((value) => value * step)
}

export function endpointSql(ids: readonly number[]): string {
  return `AND endpoint IN (${ids.length === 0 ? 'NULL' : ids.join(', ')})`
}

/** The totals with their stacks; beyond `limit` stacks the rest of each group is one row with the stack -1. */
export async function stackTotals(
  database: Database,
  dictionaries: Dictionaries,
  cache: StackCache,
  query: StackQuery,
): Promise<StackTotals> {
  const raw = await readTotals(database, dictionaries, query)
  const kept = largestStacks(raw, query)
  const ids = [...kept.keys()]
  const stacks = await cache.read(database, ids)
  const { frames, stackStart, stackFrames } = localFrames(stacks, dictionaries.frames.byId)
  const rest = raw.groups.map(() => raw.values.map(() => 0))
  const rowGroup = new U32Column(raw.rowGroup.length)
  const rowStack = new U32Column(raw.rowGroup.length)
  const from = new U32Column(raw.rowGroup.length)
  raw.rowStack.forEach((id, row) => {
    const stack = kept.get(id)
    if (stack === undefined) {
      const sums = rest[raw.rowGroup[row] as number] as number[]
      raw.values.forEach((column, i) => {
        sums[i] = (sums[i] as number) + (column[row] as number)
      })
      return
    }
    rowGroup.push(raw.rowGroup[row] as number)
    rowStack.push(stack)
    from.push(row)
  })
  const whole = rowGroup.length
  const cut = kept.size < new Set(raw.rowStack).size
  if (cut) {
    rest.forEach((_, group) => {
      rowGroup.push(group)
      rowStack.push(0xffffffff)
    })
  }
  const values = raw.values.map((column, i) => {
    const out = new Float64Array(rowGroup.length)
    for (let row = 0; row < whole; row++) out[row] = column[from.data[row] as number] as number
    for (let row = whole; row < out.length; row++) out[row] = rest[row - whole]?.[i] as number
    return out
  })
  return {
    groups: raw.groups,
    rowGroup: rowGroup.finish(),
    rowStack: new Int32Array(rowStack.data.buffer, 0, rowStack.length),
    values,
    stackStart,
    stackFrames,
    frames,
  }
}

/** Stack to its new number. */
function largestStacks({ rowStack, values }: RawTotals, { limit, orderBy }: StackQuery): Map<number, number> {
  const sums = new Map<number, number>()
  const order = values[orderBy] as Float64Array
  rowStack.forEach((stack, row) => {
    sums.set(stack, (sums.get(stack) ?? 0) + Math.abs(order[row] as number))
  })
  const ids = [...sums.keys()]
  if (ids.length > limit) {
    ids.sort((a, b) => (sums.get(b) as number) - (sums.get(a) as number))
    ids.length = limit
  }
  return new Map(ids.map((id, number) => [id, number]))
}

function localFrames(stacks: Uint32Array[], all: readonly Frame[]) {
  // Number plus one by id: a Map is several times slower.
  const known = new Uint32Array(all.length)
  const frames: Frame[] = []
  const stackStart = new Uint32Array(stacks.length + 1)
  const stackFrames = new U32Column(stacks.length * 16)
  stacks.forEach((stack, i) => {
    for (const id of stack) {
      if (known[id] === 0) known[id] = frames.push(all[id] as Frame)
      stackFrames.push((known[id] as number) - 1)
    }
    stackStart[i + 1] = stackFrames.length
  })
  return { frames, stackStart, stackFrames: stackFrames.finish() }
}
