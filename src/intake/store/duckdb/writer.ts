import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'
import type { Rows, TypedColumn } from './rows'
import { runSql } from './run-sql'

const chunkRows = 2_048

/** What may be done within a transaction. */
export class Writer {
  constructor(private readonly connection: DuckDBConnection) {}

  async run(sql: string, values: Record<string, DuckDBValue> = {}): Promise<Rows> {
    return runSql(this.connection, sql, values)
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
