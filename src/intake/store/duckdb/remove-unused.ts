import type { Dictionaries } from './dictionaries'
import { keepNextId } from './next-ids'
import type { Writer } from './writer'

/** Removes stacks that no row has, and functions that are in no stack and no roll-up, within a transaction. @returns how many of both */
export async function removeUnused(write: Writer, { stacks, frames }: Dictionaries): Promise<number> {
  await keepNextId(write, 'stacks', stacks.count)
  await keepNextId(write, 'frames', frames.byId.length)
  const remove = async (table: string, used: string) => {
    const rows = await write.run(`DELETE FROM ${table} WHERE id NOT IN (${used})`)
    return Number(rows.values(0)[0] ?? 0)
  }
  return (
    (await remove('stacks', 'SELECT stack FROM samples UNION SELECT stack FROM roll_stacks')) +
    (await remove('frames', 'SELECT unnest(frames) FROM stacks UNION SELECT frame FROM roll_functions'))
  )
}
