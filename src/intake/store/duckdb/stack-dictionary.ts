import { randomBytes } from 'node:crypto'
import { type DuckDBValue, LIST, listValue, UBIGINT, UINTEGER } from '@duckdb/node-api'
import { halvesOf } from '../../../pprof/columns'
import type { Database } from './database'
import { nextId } from './next-ids'
import { StackIndex } from './stack-index'
import type { Writer } from './writer'

/** Ids of stacks. Their frames are not in memory. */
export class StackDictionary {
  /** No stack has this id or a higher one yet. */
  count = 0
  #index = new StackIndex(0n)
  #new: { hash: bigint; frames: DuckDBValue }[] = []

  async load(database: Database): Promise<void> {
    this.#index = new StackIndex(await storedSeed(database))
    const rows = await database.read('SELECT id, hash FROM stacks')
    const hashes = halvesOf(rows.ids(1))
    rows.integers(0).forEach((id, i) => {
      this.#index.set(hashes[2 * i] as number, hashes[2 * i + 1] as number, id)
    })
    this.count = await nextId(database, 'stacks')
  }

  /** The id of `frames[from..to)`. */
  idOf(frames: Uint32Array, from: number, to: number): number {
    const [low, high] = this.#index.hash(frames, from, to)
    const known = this.#index.find(low, high)
    if (known >= 0) return known
    const id = this.count++
    this.#index.set(low, high, id)
    this.#new.push({
      hash: (BigInt(high) << 32n) | BigInt(low),
      frames: listValue(Array.from(frames.subarray(from, to))),
    })
    return id
  }

  /** Writes what is new. */
  async flush(write: Writer): Promise<void> {
    const first = this.count - this.#new.length
    const columns = [
      this.#new.map((_, i) => first + i),
      this.#new.map(({ hash }) => hash),
      this.#new.map(({ frames }) => frames),
    ]
    await write.append('stacks', [UINTEGER, UBIGINT, LIST(UINTEGER)], columns)
    this.#new = []
  }
}

async function storedSeed(database: Database): Promise<bigint> {
  const [stored] = (await database.read(`SELECT value FROM meta WHERE key = 'stack_seed'`)).texts(0)
  if (stored !== undefined) return BigInt(stored)
  const seed = randomBytes(8).readBigUInt64LE()
  await database.transaction((write) => write.run(`INSERT INTO meta VALUES ('stack_seed', '${seed}')`))
  return seed
}
