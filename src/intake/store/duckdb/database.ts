import {
  DuckDBBigIntVector,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBInstance,
  type DuckDBMaterializedResult,
  type DuckDBType,
  DuckDBUBigIntVector,
  DuckDBUIntegerVector,
  type DuckDBValue,
} from '@duckdb/node-api'
import { CodedError } from '../../../pprof/errors'
import { migrations } from './schema'

/** How much of the machine the columns may take. */
export interface DatabaseOptions {
  memoryBytes: number
  threads: number
}

export type TypedColumn = Uint32Array | Float64Array | BigInt64Array | BigUint64Array

/** A database file with one connection that writes and one that reads: reads see whole transactions, and do not wait for one. */
export class Database {
  #turn: Promise<unknown> = Promise.resolve()
  readonly #answers = new Map<string, Rows>()
  #version = 0

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly writer: DuckDBConnection,
    private readonly reader: DuckDBConnection,
  ) {}

  /** Opens or makes the file and brings its schema up to date. Rejects where another process has it open, or a newer program wrote it. */
  static async open(path: string, options: DatabaseOptions): Promise<Database> {
    const instance = await DuckDBInstance.create(path, {
      memory_limit: `${Math.ceil(options.memoryBytes / 2 ** 20)}MiB`,
      threads: String(options.threads),
      // Each writes the last, half-filled groups of rows anew. Until then the rows are in memory, and a start after a crash reads them again.
      checkpoint_threshold: '32MiB',
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const database = new Database(instance, await instance.connect(), await instance.connect())
    await database.#migrate()
    return database
  }

  close(): void {
    this.writer.closeSync()
    this.reader.closeSync()
    this.instance.closeSync()
  }

  async read(sql: string, values: Record<string, DuckDBValue> = {}): Promise<Rows> {
    return run(this.reader, sql, values)
  }

  /** As `read`, and the same answer until something is written: for what each query asks first. */
  async readOnce(sql: string, values: Record<string, string> = {}): Promise<Rows> {
    const key = JSON.stringify([sql, values])
    const known = this.#answers.get(key)
    if (known) return known
    const version = this.#version
    const rows = await this.read(sql, values)
    if (version === this.#version && this.#answers.size < maxAnswers) this.#answers.set(key, rows)
    return rows
  }

  /**
   * Runs `work` as one transaction, after those before it. Rejects with storage_full or storage_failed, and nothing of it is kept.
   * @param after runs once it is kept or not, and before the next transaction: for what is in memory beside the rows
   */
  transaction<T>(
    work: (write: Writer) => Promise<T>,
    after?: (result: T | undefined) => Promise<void>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      const result = await this.#commit(work).catch(async (error) => {
        await after?.(undefined)
        throw error
      })
      await after?.(result)
      return result
    })
  }

  async #commit<T>(work: (write: Writer) => Promise<T>): Promise<T> {
    await this.writer.run('BEGIN')
    try {
      const result = await work(new Writer(this.writer))
      await this.writer.run('COMMIT')
      this.#version++
      this.#answers.clear()
      return result
    } catch (error) {
      await this.writer.run('ROLLBACK').catch(() => {})
      throw databaseError(error)
    }
  }

  /** Gives space of what was removed back to the file system. */
  checkpoint(): Promise<void> {
    return this.#inTurn(async () => void (await this.writer.run('CHECKPOINT')))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }

  async #migrate(): Promise<void> {
    await this.writer.run('CREATE TABLE IF NOT EXISTS meta(key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)')
    const rows = await this.read(`SELECT value FROM meta WHERE key = 'schema_version'`)
    const version = Number(rows.texts(0)[0] ?? 0)
    if (version > migrations.length) {
      throw new Error(`The columns have schema version ${version}; this program knows ${migrations.length}.`)
    }
    for (let next = version; next < migrations.length; next++) {
      await this.transaction(async (write) => {
        await write.run(migrations[next] as string)
        await write.run(`INSERT OR REPLACE INTO meta VALUES ('schema_version', '${next + 1}')`)
      })
    }
  }
}

/** What may be done within a transaction. */
export class Writer {
  constructor(private readonly connection: DuckDBConnection) {}

  async run(sql: string, values: Record<string, DuckDBValue> = {}): Promise<Rows> {
    return run(this.connection, sql, values)
  }

  /** Appends rows to a table, all of its columns in order. */
  async append(
    table: string,
    types: readonly DuckDBType[],
    columns: readonly (TypedColumn | readonly DuckDBValue[])[],
  ) {
    const rows = columns[0]?.length ?? 0
    if (rows === 0) return
    const appender = await this.connection.createAppender(table)
    try {
      for (let from = 0; from < rows; from += chunkRows) {
        const to = Math.min(rows, from + chunkRows)
        const chunk = DuckDBDataChunk.create([...types], to - from)
        columns.forEach((column, i) => {
          fill(chunk, i, column, from, to)
        })
        appender.appendDataChunk(chunk)
      }
    } finally {
      appender.closeSync()
    }
  }
}

const chunkRows = 2_048
const maxAnswers = 200

function fill(
  chunk: DuckDBDataChunk,
  index: number,
  column: TypedColumn | readonly DuckDBValue[],
  from: number,
  to: number,
) {
  if (!ArrayBuffer.isView(column)) return chunk.setColumnValues(index, column.slice(from, to))
  const vector = chunk.getColumnVector(index) as unknown as { items: TypedColumn; flush(): void }
  ;(vector.items as Uint32Array).set(column.subarray(from, to) as Uint32Array)
  vector.flush()
}

async function run(connection: DuckDBConnection, sql: string, values: Record<string, DuckDBValue>) {
  try {
    return new Rows(await connection.run(sql, values))
  } catch (error) {
    throw databaseError(error)
  }
}

/** A result by columns. */
export class Rows {
  constructor(private readonly result: DuckDBMaterializedResult) {}

  get count(): number {
    return this.result.rowCount
  }

  /** A column of UINTEGER. */
  integers(column: number): Uint32Array {
    return this.#fill(column, DuckDBUIntegerVector, new Uint32Array(this.count))
  }

  /** A column of DOUBLE. */
  doubles(column: number): Float64Array {
    return this.#fill(column, DuckDBDoubleVector, new Float64Array(this.count))
  }

  /** A column of BIGINT. */
  bigints(column: number): BigInt64Array {
    return this.#fill(column, DuckDBBigIntVector, new BigInt64Array(this.count))
  }

  /** A column of UBIGINT. */
  ids(column: number): BigUint64Array {
    return this.#fill(column, DuckDBUBigIntVector, new BigUint64Array(this.count))
  }

  /** A column of VARCHAR. */
  texts(column: number): string[] {
    return this.values(column) as string[]
  }

  values(column: number): DuckDBValue[] {
    const all: DuckDBValue[] = []
    for (let i = 0; i < this.result.chunkCount; i++) this.result.getChunk(i).appendColumnValues(column, all)
    return all
  }

  /** A column of UINTEGER[]: each row's entries. */
  lists(column: number, each: (row: number, items: Uint32Array) => void): void {
    let row = 0
    for (let i = 0; i < this.result.chunkCount; i++) {
      const vector = this.result.getChunk(i).getColumnVector(column) as unknown as {
        itemCount: number
        childVector: DuckDBUIntegerVector
        getEntryOffset(row: number): number
        getEntryLength(row: number): number
      }
      const { items } = vector.childVector as unknown as { items: Uint32Array }
      for (let at = 0; at < vector.itemCount; at++) {
        const from = vector.getEntryOffset(at)
        each(row++, items.subarray(from, from + vector.getEntryLength(at)))
      }
    }
  }

  #fill<Column extends TypedColumn>(
    column: number,
    type: new (...args: never[]) => unknown,
    all: Column,
  ): Column {
    let at = 0
    for (let i = 0; i < this.result.chunkCount; i++) {
      const vector = this.result.getChunk(i).getColumnVector(column)
      // Anything else would be read as other numbers.
      if (!(vector instanceof type))
        throw new TypeError(`column ${column} is of another type: ${vector.type}`)
      ;(all as Uint32Array).set((vector as unknown as { items: Uint32Array }).items, at)
      at += vector.itemCount
    }
    return all
  }
}

function databaseError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/no space left|could not allocate|disk is full/i.test(message) && !/memory/i.test(message)) {
    return new CodedError('storage_full')
  }
  return new CodedError('storage_failed', { reason: message.split('\n', 1)[0] ?? '' })
}
