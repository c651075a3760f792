import { randomBytes } from 'node:crypto'
import {
  type DuckDBValue,
  LIST,
  listValue,
  MAP,
  mapValue,
  UBIGINT,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import type { ColumnProfile, Frame } from '../profile-store'
import type { Database, Writer } from './database'
import { other, type SeriesCaps, SeriesGate } from './series-caps'
import { StackIndex } from './stack-index'

/** How many names of each sort the columns take; what is beyond is summed up as `(other)`. */
export interface NameCaps extends SeriesCaps {
  endpointsPerService: number
}

interface Series {
  id: number
  service: string
  firstHour: number
  lastHour: number
}

/**
 * Dense ids of series, endpoints, frames and stacks: what the rows hold instead of texts. All but the stacks themselves is in
 * memory. New entries are written with the batch that brought them; where that fails, the dictionaries are loaded anew.
 */
export class Dictionaries {
  readonly frames: Frame[] = []
  /** Names by id; 0 is samples without an endpoint. */
  readonly endpoints: string[] = ['']
  /** By file and name. */
  readonly #frameIds = new Map<string, Map<string, number>>()
  readonly #endpointIds = new Map<string, Map<string, number>>()
  readonly #series = new Map<string, Series>()
  readonly #rollGroups = new Map<string, number>()
  #stackIndex = new StackIndex(0n)
  #stacks = 0
  #nextSeries = 0
  #newFrom = { frames: 0, endpoints: 1 }
  #newEndpoints: { service: string; name: string }[] = []
  #newStacks: { hash: bigint; frames: DuckDBValue }[] = []
  #newSeries: DuckDBValue[][] = []
  #newRollGroups: DuckDBValue[][] = []
  #seenSeries = new Set<Series>()

  readonly #gate: SeriesGate
  /** Times that a series was asked for which was not taken. */
  #otherSeries = 0

  private constructor(private readonly caps: NameCaps) {
    this.#gate = new SeriesGate(caps)
  }

  static async load(database: Database, caps: NameCaps): Promise<Dictionaries> {
    const own = new Dictionaries(caps)
    await own.#loadStacks(database)
    const frames = await database.read('SELECT name, file, line FROM frames ORDER BY id')
    const [names, files, lines] = [frames.texts(0), frames.texts(1), frames.integers(2)]
    names.forEach((name, i) => {
      own.frameId({ name, file: files[i] as string, line: lines[i] as number })
    })
    const endpoints = await database.read('SELECT service, name FROM endpoints ORDER BY id')
    const endpointNames = endpoints.texts(1)
    endpoints.texts(0).forEach((service, i) => {
      own.#addEndpoint(service, endpointNames[i] as string)
    })
    const groups = await database.read('SELECT kind, service, env, version FROM roll_groups ORDER BY id')
    const groupColumns = [0, 1, 2, 3].map((column) => groups.texts(column))
    for (let i = 0; i < groups.count; i++) {
      own.#rollGroups.set(JSON.stringify(groupColumns.map((column) => column[i])), i)
    }
    const series = await database.read(
      'SELECT id, kind, map_keys(tags), map_values(tags), first_hour, last_hour FROM series',
    )
    const [ids, kinds, firstHours, lastHours] = [
      series.integers(0),
      series.texts(1),
      series.integers(4),
      series.integers(5),
    ]
    const [keys, values] = [series.values(2), series.values(3)]
    for (let i = 0; i < series.count; i++) {
      const items = (list: DuckDBValue | undefined) => (list as unknown as { items: string[] }).items
      const texts = items(values[i])
      own.#nextSeries = Math.max(own.#nextSeries, (ids[i] as number) + 1)
      const tags = items(keys[i]).map((key, at): [string, string] => [key, texts[at] as string])
      const service = tags.find(([key]) => key === 'service')?.[1] ?? ''
      own.#gate.count(service, firstHours[i] as number)
      own.#series.set(seriesKey(kinds[i] as string, tags), {
        id: ids[i] as number,
        service,
        firstHour: firstHours[i] as number,
        lastHour: lastHours[i] as number,
      })
    }
    own.#forgetNew()
    return own
  }

  get stackCount(): number {
    return this.#stacks
  }

  /** How many of what was given to `seriesOf` was summed up, and begins anew. */
  takeOtherSeries(): number {
    const count = this.#otherSeries
    this.#otherSeries = 0
    return count
  }

  /** The series of these tags, or where the caps are reached the one that stands for all others. */
  seriesOf(
    kind: string,
    tags: ReadonlyMap<string, string>,
    hour: number,
    isOther = false,
  ): { id: number; service: string } {
    const service = tags.get('service') ?? ''
    const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1))
    const key = seriesKey(kind, sorted)
    let series = this.#series.get(key)
    if (series === undefined) {
      if (!isOther && !this.#gate.admit(service, hour)) {
        this.#otherSeries++
        return this.seriesOf(kind, this.#gate.otherTags(service, hour), hour, true)
      }
      series = { id: this.#nextSeries++, service, firstHour: hour, lastHour: hour }
      this.#series.set(key, series)
      const tag = (name: string) => tags.get(name) ?? ''
      const group = this.#rollGroup([kind, tag('service'), tag('env'), tag('version')])
      const map = mapValue(sorted.map(([key, value]) => ({ key, value })))
      this.#newSeries.push([
        ...[series.id, kind, tag('service'), tag('env'), tag('version'), tag('host'), tag('runtime-id')],
        ...[map, hour, hour, group],
      ])
    } else if (hour > series.lastHour || hour < series.firstHour) {
      series.lastHour = Math.max(series.lastHour, hour)
      series.firstHour = Math.min(series.firstHour, hour)
      this.#seenSeries.add(series)
    }
    return series
  }

  endpointId(service: string, name: string): number {
    if (name === '') return 0
    const known = this.#endpointIds.get(service)
    const id = known?.get(name)
    if (id !== undefined) return id
    if ((known?.size ?? 0) >= this.caps.endpointsPerService && name !== other)
      return this.endpointId(service, other)
    this.#newEndpoints.push({ service, name })
    return this.#addEndpoint(service, name)
  }

  /** Ids of an endpoint's name, one per service that has it. */
  endpointIds(name: string): number[] {
    if (name === '') return [0]
    return [...this.#endpointIds.values()].map((known) => known.get(name) ?? -1).filter((id) => id >= 0)
  }

  frameId(frame: Frame): number {
    const { name, file, line } = frame
    let inFile = this.#frameIds.get(file)
    if (inFile === undefined) {
      inFile = new Map()
      this.#frameIds.set(file, inFile)
    }
    // Names of one line are the rule: joining and hashing texts for each frame would cost more than all else.
    const first = inFile.get(name)
    if (first !== undefined && this.#isFrame(first, name, line)) return first
    const key = first === undefined ? name : `\0${line} ${name}`
    const known = first === undefined ? undefined : inFile.get(key)
    if (known !== undefined && this.#isFrame(known, name, line)) return known
    const id = this.frames.push(frame) - 1
    inFile.set(key, id)
    return id
  }

  /** The id of each stack of a profile. */
  stackIds({ frames, stackStart, stackFrames }: ColumnProfile): Uint32Array {
    const frameIds = new Uint32Array(frames.length)
    for (let i = 0; i < frames.length; i++) frameIds[i] = this.frameId(frames[i] as Frame)
    const global = new Uint32Array(stackFrames.length)
    for (let i = 0; i < global.length; i++) global[i] = frameIds[stackFrames[i] as number] as number
    return stackStart
      .subarray(0, -1)
      .map((from, i) => this.#stackId(global, from, stackStart[i + 1] as number))
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    const frames = this.frames.slice(this.#newFrom.frames)
    const ids = frames.map((_, i) => this.#newFrom.frames + i)
    await write.append(
      'frames',
      [UINTEGER, VARCHAR, VARCHAR, UINTEGER],
      [ids, frames.map(({ name }) => name), frames.map(({ file }) => file), frames.map(({ line }) => line)],
    )
    await write.append(
      'endpoints',
      [UINTEGER, VARCHAR, VARCHAR],
      [
        this.#newEndpoints.map((_, i) => this.#newFrom.endpoints + i),
        this.#newEndpoints.map(({ service }) => service),
        this.#newEndpoints.map(({ name }) => name),
      ],
    )
    const firstStack = this.#stacks - this.#newStacks.length
    await write.append(
      'stacks',
      [UINTEGER, UBIGINT, LIST(UINTEGER)],
      [
        this.#newStacks.map((_, i) => firstStack + i),
        this.#newStacks.map(({ hash }) => hash),
        this.#newStacks.map(({ frames }) => frames),
      ],
    )
    const columns = (rows: DuckDBValue[][]) =>
      (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] as DuckDBValue))
    await write.append(
      'roll_groups',
      [UINTEGER, VARCHAR, VARCHAR, VARCHAR, VARCHAR],
      columns(this.#newRollGroups),
    )
    const texts = [VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR]
    const types = [UINTEGER, ...texts, MAP(VARCHAR, VARCHAR), UINTEGER, UINTEGER, UINTEGER]
    await write.append('series', types, columns(this.#newSeries))
    for (const { id, firstHour, lastHour } of this.#seenSeries) {
      await write.run(`UPDATE series SET first_hour = ${firstHour}, last_hour = ${lastHour} WHERE id = ${id}`)
    }
    this.#forgetNew()
  }

  #isFrame(id: number, name: string, line: number): boolean {
    const frame = this.frames[id] as Frame
    return frame.line === line && frame.name === name
  }

  #forgetNew(): void {
    this.#newFrom = { frames: this.frames.length, endpoints: this.endpoints.length }
    this.#newEndpoints = []
    this.#newStacks = []
    this.#newSeries = []
    this.#newRollGroups = []
    this.#seenSeries.clear()
  }

  #stackId(frames: Uint32Array, from: number, to: number): number {
    const [low, high] = this.#stackIndex.hash(frames, from, to)
    const known = this.#stackIndex.find(low, high)
    if (known >= 0) return known
    const id = this.#stacks++
    this.#stackIndex.set(low, high, id)
    this.#newStacks.push({
      hash: (BigInt(high) << 32n) | BigInt(low),
      frames: listValue(Array.from(frames.subarray(from, to))),
    })
    return id
  }

  #addEndpoint(service: string, name: string): number {
    const known = this.#endpointIds.get(service) ?? new Map<string, number>()
    this.#endpointIds.set(service, known)
    const id = this.endpoints.push(name) - 1
    known.set(name, id)
    return id
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

  async #loadStacks(database: Database): Promise<void> {
    const stored = (await database.read(`SELECT value FROM meta WHERE key = 'stack_seed'`)).texts(0)[0]
    const seed = stored === undefined ? randomBytes(8).readBigUInt64LE() : BigInt(stored)
    if (stored === undefined) {
      await database.transaction((write) => write.run(`INSERT INTO meta VALUES ('stack_seed', '${seed}')`))
    }
    this.#stackIndex = new StackIndex(seed)
    const rows = await database.read('SELECT id, hash FROM stacks')
    const hashes = new Uint32Array(rows.ids(1).buffer)
    rows.integers(0).forEach((id, i) => {
      this.#stackIndex.set(hashes[2 * i] as number, hashes[2 * i + 1] as number, id)
      this.#stacks = Math.max(this.#stacks, id + 1)
    })
  }
}

function seriesKey(kind: string, sortedTags: readonly (readonly [string, string])[]): string {
  return JSON.stringify([kind, sortedTags])
}
