import type { Retention } from '../profile-store'
import { hourOf, minuteOf } from './times'
import type { Writer } from './writer'

/** Removes what is too old, within a transaction. @returns rows removed, series among them, and segments without a row that needs them */
export async function expireRows(
  write: Writer,
  retention: Retention,
  nowMs: number,
): Promise<{ rows: number; series: number; segments: string[] }> {
  const minute = (ms: number) => minuteOf(nowMs - ms)
  const hour = (ms: number) => hourOf(nowMs - ms)
  let rows = 0
  const remove = async (table: string, where: string) => {
    const counted = Number((await write.run(`DELETE FROM ${table} WHERE ${where}`)).values(0)[0] ?? 0)
    rows += counted
    return counted
  }
  await remove('samples', `ts < ${minute(retention.samplesMs)}`)
  await remove('requests', `ts < ${minute(retention.profilesMs)}`)
  await remove('spans', `ts < ${minute(retention.spansMs)}`)
  await remove('span_profiles', `ts < ${minute(retention.blobsMs)}`)
  const pinned = `pinned AND ts >= ${minute(retention.pinnedMs)}`
  await remove('profiles', `ts < ${minute(retention.profilesMs)} AND NOT (${pinned})`)
  await remove('roll_stacks', `hour < ${hour(retention.stackRollUpsMs)}`)
  for (const table of ['roll_functions', 'roll_coverage', 'roll_requests', 'hours']) {
    await remove(table, `hour < ${hour(retention.functionRollUpsMs)}`)
  }
  const oldest = Math.max(retention.profilesMs, retention.samplesMs, retention.spansMs)
  const series = await remove(
    'series',
    `last_hour < ${hour(oldest)} AND id NOT IN (SELECT series FROM profiles)`,
  )
  const old = await write.run(
    `DELETE FROM segments WHERE sealed AND last_ms < ${Math.floor(nowMs - retention.blobsMs)} RETURNING id`,
  )
  return { rows, series, segments: old.texts(0) }
}
