import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import type { Rows } from './rows'
import { databaseError, runSql } from './run-sql'
import { migrations } from './schema'
import { Writer } from './writer'

const maxAnswers = 200

/** How much of the machine the columns may take. */
export interface DatabaseOptions {
  memoryBytes: number
  threads: number
}

/** Another process has the file open. */
export class InUse extends Error {
  override readonly name = 'InUse'
}

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

  /** Opens or makes the file and brings its schema up to date. Rejects with InUse, or where it is damaged or a newer program wrote it. */
  static async open(path: string, options: DatabaseOptions): Promise<Database> {
    const instance = await DuckDBInstance.create(path, {
      memory_limit: `${Math.ceil(options.memoryBytes / 2 ** 20)}MiB`,
      threads: String(options.threads),
      // Each writes the last, half-filled groups of rows anew. Until then the rows are in memory, and a start after a crash reads them again.
      checkpoint_threshold: '32MiB',
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    }).catch((error: unknown) => {
      throw openError(error)
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
    return runSql(this.reader, sql, values)
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

/** What a database that cannot be opened says as what somebody can do about it. A damaged one speaks of its blocks, so that the word `lock` alone tells nothing. */
function openError(error: unknown): Error {
  const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  if (/could not set lock on file/i.test(text)) return new InUse(text)
  if (!/corrupt|not a valid|could not read enough/i.test(text)) return new Error(text)
  return new Error(
    `The columns are damaged (${text}). --rebuild makes them anew of the raw profiles; see docs/store.md.`,
  )
}
