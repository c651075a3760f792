import type { DuckDBValue } from '@duckdb/node-api'
import type { Selector, TagMatch } from '../../query/selector'
import type { Database } from './database'
import { hourOf } from './times'

/** Tags that have a column of their own. */
const tagColumns: Readonly<Record<string, string>> = {
  service: 'service',
  env: 'env',
  version: 'version',
  host: 'host',
  'runtime-id': 'runtime_id',
}

/** Groups of an answer by the values of the tags asked for; `''` where a process has none. */
export class Groups {
  readonly list: string[][] = []
  readonly #known = new Map<string, number>()

  index(by: string[]): number {
    const key = JSON.stringify(by)
    let index = this.#known.get(key)
    if (index === undefined) {
      index = this.list.push(by) - 1
      this.#known.set(key, index)
    }
    return index
  }
}

/** Rows of `series` or of `roll_groups`, and the group that each is in. */
export interface Selected {
  ids: Uint32Array
  group: Uint32Array
}

/** SQL for what a selector asks of a row of `series`. Texts go into `values`. */
export function selectorSql(selector: Selector, values: Record<string, DuckDBValue>): string {
  const positive = new Map<string, string[]>()
  const conditions: string[] = []
  for (const match of selector) {
    const condition = matchSql(match, values)
    if (match.negated) conditions.push(`NOT (${condition})`)
    else positive.set(match.key, [...(positive.get(match.key) ?? []), condition])
  }
  for (const any of positive.values()) conditions.push(`(${any.join(' OR ')})`)
  return conditions.length === 0 ? 'true' : conditions.join(' AND ')
}

/** SQL for the value of a tag; the key goes into `values`. */
export function tagSql(key: string, values: Record<string, DuckDBValue>): string {
  const column = tagColumns[key]
  return column ?? `coalesce(map_extract(tags, ${bind(key, values)})[1], '')`
}

function matchSql({ key, pattern }: TagMatch, values: Record<string, DuckDBValue>): string {
  const tag = tagSql(key, values)
  if (!pattern.includes('*')) return `${tag} = ${bind(pattern, values)}`
  const like = pattern.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%')
  return `${tag} LIKE ${bind(like, values)} ESCAPE '\\'`
}

function bind(text: string, values: Record<string, DuckDBValue>): string {
  const name = `t${Object.keys(values).length}`
  values[name] = text
  return `$${name}`
}

interface SeriesQuery {
  selector: Selector
  fromMs: number
  toMs: number
  kind?: string | undefined
  notKind?: string
}

/** Series of one kind (of all, without) that may have profiles in the range. */
export function selectSeries(
  database: Database,
  query: SeriesQuery,
  groupBy: readonly string[],
  groups: Groups,
): Promise<Selected> {
  const hours = `first_hour <= ${hourOf(query.toMs)} AND last_hour >= ${hourOf(query.fromMs)}`
  return select(database, 'series', [hours], query, groupBy, groups)
}

/** Groups of the roll-ups; selector and groups must be of tags that these have. */
export function selectRollGroups(
  database: Database,
  query: SeriesQuery,
  groupBy: readonly string[],
  groups: Groups,
): Promise<Selected> {
  return select(database, 'roll_groups', [], query, groupBy, groups)
}

async function select(
  database: Database,
  table: 'series' | 'roll_groups',
  conditions: string[],
  query: SeriesQuery,
  groupBy: readonly string[],
  groups: Groups,
): Promise<Selected> {
  const values: Record<string, string> = {}
  const tags = groupBy.map((key) => tagSql(key, values))
  conditions.push(selectorSql(query.selector, values))
  if (query.kind !== undefined) conditions.push(`kind = ${bind(query.kind, values)}`)
  if (query.notKind !== undefined) conditions.push(`kind <> ${bind(query.notKind, values)}`)
  const columns = ['id', ...tags].join(', ')
  const rows = await database.readOnce(
    `SELECT ${columns} FROM ${table} WHERE ${conditions.join(' AND ')}`,
    values,
  )
  const texts = groupBy.map((_, i) => rows.texts(i + 1))
  const ids = rows.integers(0)
  return { ids, group: ids.map((_, row) => groups.index(texts.map((column) => column[row] as string))) }
}

/** A relation `sel(id, g)` for the FROM of a query. */
export function selectedSql({ ids, group }: Selected): string {
  return `(SELECT unnest(${listSql(ids)}) AS id, unnest(${listSql(group)}) AS g) AS sel`
}

/** Numbers as a list in the text of a query: DuckDB reads a long one in half of the time that a list of bound values takes. */
export function listSql(numbers: Uint32Array): string {
  return `'[${numbers}]'::UINTEGER[]`
}
