import { UINTEGER, VARCHAR } from '@duckdb/node-api'
import type { Frame } from '../profile-store'
import type { Database } from './database'
import { nextId } from './next-ids'
import type { Writer } from './writer'

/** Ids of functions. */
export class FrameDictionary {
  /** By id; those that were removed are missing. */
  readonly byId: Frame[] = []
  /** By file and name. */
  readonly #ids = new Map<string, Map<string, number>>()
  #written = 0

  async load(database: Database): Promise<void> {
    const rows = await database.read('SELECT id, name, file, line FROM frames ORDER BY id')
    const [ids, names, files, lines] = [rows.integers(0), rows.texts(1), rows.texts(2), rows.integers(3)]
    names.forEach((name, i) => {
      this.byId.length = ids[i] as number
      this.idOf({ name, file: files[i] as string, line: lines[i] as number })
    })
    this.byId.length = Math.max(this.byId.length, await nextId(database, 'frames'))
    this.#written = this.byId.length
  }

  idOf(frame: Frame): number {
    const { name, file, line } = frame
    let inFile = this.#ids.get(file)
    if (inFile === undefined) {
      inFile = new Map()
      this.#ids.set(file, inFile)
    }
    // Names of one line are the rule: joining and hashing texts for each frame would cost more than all else.
    const first = inFile.get(name)
    if (first !== undefined && this.#isFrame(first, name, line)) return first
    const key = first === undefined ? name : `\0${line} ${name}`
    const known = first === undefined ? undefined : inFile.get(key)
    if (known !== undefined && this.#isFrame(known, name, line)) return known
    const id = this.byId.push(frame) - 1
    inFile.set(key, id)
    return id
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    const frames = this.byId.slice(this.#written)
    await write.append(
      'frames',
      [UINTEGER, VARCHAR, VARCHAR, UINTEGER],
      [
        frames.map((_, i) => this.#written + i),
        frames.map(({ name }) => name),
        frames.map(({ file }) => file),
        frames.map(({ line }) => line),
      ],
    )
    this.#written = this.byId.length
  }

  #isFrame(id: number, name: string, line: number): boolean {
    const frame = this.byId[id] as Frame
    return frame.line === line && frame.name === name
  }
}
