import type { Database } from './database'
import type { Writer } from './writer'

export type NumberedTable = 'frames' | 'stacks'

/** The id that the next row gets: one that no row ever had, since a query may hold the id of a row that was removed. */
export async function nextId(database: Database, table: NumberedTable): Promise<number> {
  const rows = await database.read(
    `SELECT greatest(
       (SELECT coalesce(max(id) + 1, 0) FROM ${table}),
       (SELECT coalesce(max(value::UINTEGER), 0) FROM meta WHERE key = 'next_${table}')
     )::DOUBLE`,
  )
  return rows.doubles(0)[0] as number
}

/** Remembers it before rows are removed. */
export async function keepNextId(write: Writer, table: NumberedTable, next: number): Promise<void> {
  await write.run(`INSERT OR REPLACE INTO meta VALUES ('next_${table}', '${next}')`)
}
