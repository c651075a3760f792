import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { CodedError } from '../../../pprof/errors'
import { Rows } from './rows'

/** Rejects with CodedError storage_full or storage_failed. */
export async function runSql(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, DuckDBValue>,
): Promise<Rows> {
  try {
    return new Rows(await connection.run(sql, values))
  } catch (error) {
    throw databaseError(error)
  }
}

/** The error of the catalogue for one of the database. */
export function databaseError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/no space left|could not allocate|disk is full/i.test(message) && !/memory/i.test(message)) {
    return new CodedError('storage_full')
  }
  return new CodedError('storage_failed', { reason: message.split('\n', 1)[0] ?? '' })
}
