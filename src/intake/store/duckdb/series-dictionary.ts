import { type DuckDBValue, MAP, mapValue, UINTEGER, VARCHAR } from '@duckdb/node-api'
import type { Database } from './database'
import { type SeriesCaps, SeriesGate } from './series-caps'
import type { Writer } from './writer'

/** What a profile or span is filed under. */
export interface SeriesRef {
  id: number
  /** Or `(other)`. */
  service: string
}

interface Series extends SeriesRef {
  firstHour: number
  lastHour: number
}

/** Ids of series (a process, and a kind of profile), and of the groups of them that roll-ups know. */
export class SeriesDictionary {
  readonly #series = new Map<string, Series>()
  readonly #rollGroups = new Map<string, number>()
  readonly #gate: SeriesGate
  #next = 0
  #new: DuckDBValue[][] = []
  #newRollGroups: DuckDBValue[][] = []
  /** Whose hours have changed. */
  readonly #seen = new Set<Series>()
  /** Times that a series was asked for which was not taken. */
  #other = 0

  constructor(caps: SeriesCaps) {
    this.#gate = new SeriesGate(caps)
  }

  async load(database: Database): Promise<void> {
    const groups = await database.read('SELECT kind, service, env, version FROM roll_groups ORDER BY id')
    const groupColumns = [0, 1, 2, 3].map((column) => groups.texts(column))
    for (let i = 0; i < groups.count; i++) {
      this.#rollGroups.set(JSON.stringify(groupColumns.map((column) => column[i])), i)
    }
    const rows = await database.read(
      'SELECT id, kind, map_keys(tags), map_values(tags), first_hour, last_hour FROM series',
    )
    const [ids, kinds, firstHours, lastHours] = [
      rows.integers(0),
      rows.texts(1),
      rows.integers(4),
      rows.integers(5),
    ]
    const [keys, values] = [rows.values(2), rows.values(3)]
    for (let i = 0; i < rows.count; i++) {
      const items = (list: DuckDBValue | undefined) => (list as unknown as { items: string[] }).items
      const texts = items(values[i])
      const tags = items(keys[i]).map((key, at): [string, string] => [key, texts[at] as string])
      const service = tags.find(([key]) => key === 'service')?.[1] ?? ''
      const [id, firstHour, lastHour] = [ids[i] as number, firstHours[i] as number, lastHours[i] as number]
      this.#next = Math.max(this.#next, id + 1)
      this.#gate.count(service, firstHour)
      this.#series.set(seriesKey(kinds[i] as string, tags), { id, service, firstHour, lastHour })
    }
  }

  /** How many of what was given to `idOf` was summed up, and begins anew. */
  takeOther(): number {
    const count = this.#other
    this.#other = 0
    return count
  }

  /** The series of these tags, or where the caps are reached the one that stands for all others. */
  idOf(kind: string, tags: ReadonlyMap<string, string>, hour: number, isOther = false): SeriesRef {
    const service = tags.get('service') ?? ''
    const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1))
    const key = seriesKey(kind, sorted)
    let series = this.#series.get(key)
    if (series === undefined) {
      if (!isOther && !this.#gate.admit(service, hour)) {
        this.#other++
        return this.idOf(kind, this.#gate.otherTags(service, hour), hour, true)
      }
      series = { id: this.#next++, service, firstHour: hour, lastHour: hour }
      this.#series.set(key, series)
      const tag = (name: string) => tags.get(name) ?? ''
      const group = this.#rollGroup([kind, tag('service'), tag('env'), tag('version')])
      const map = mapValue(sorted.map(([key, value]) => ({ key, value })))
      this.#new.push([
        ...[series.id, kind, tag('service'), tag('env'), tag('version'), tag('host'), tag('runtime-id')],
        ...[map, hour, hour, group],
      ])
    } else if (hour > series.lastHour || hour < series.firstHour) {
      series.lastHour = Math.max(series.lastHour, hour)
      series.firstHour = Math.min(series.firstHour, hour)
      this.#seen.add(series)
    }
    return series
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    const groupTypes = [UINTEGER, VARCHAR, VARCHAR, VARCHAR, VARCHAR]
    await write.append('roll_groups', groupTypes, columnsOf(this.#newRollGroups))
    const texts = [VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR]
    const types = [UINTEGER, ...texts, MAP(VARCHAR, VARCHAR), UINTEGER, UINTEGER, UINTEGER]
    await write.append('series', types, columnsOf(this.#new))
    for (const { id, firstHour, lastHour } of this.#seen) {
      await write.run(`UPDATE series SET first_hour = ${firstHour}, last_hour = ${lastHour} WHERE id = ${id}`)
    }
    this.#new = []
    this.#newRollGroups = []
    this.#seen.clear()
  }

  #rollGroup(parts: string[]): number {
    const key = JSON.stringify(parts)
    let id = this.#rollGroups.get(key)
    if (id === undefined) {
      id = this.#rollGroups.size
      this.#rollGroups.set(key, id)
      this.#newRollGroups.push([id, ...parts])
    }
    return id
  }
}

function columnsOf(rows: DuckDBValue[][]): DuckDBValue[][] {
  return (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] as DuckDBValue))
}

function seriesKey(kind: string, sortedTags: readonly (readonly [string, string])[]): string {
  return JSON.stringify([kind, sortedTags])
}
