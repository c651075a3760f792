import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { segmentOfFile } from '../wal/segment-names'

/**
 * Removes the columns and puts all segments back into the log, so that the next start makes the columns anew of them. Nobody may have the
 * store open. It can be killed at any point and begun again. @returns segments put back
 */
export async function putBackSegments(dir: string): Promise<number> {
  for (const suffix of ['', '.wal']) await rm(join(dir, `columns.duckdb${suffix}`), { force: true })
  const [from, log] = [join(dir, 'segments'), join(dir, 'log')]
  await mkdir(from, { recursive: true })
  await mkdir(log, { recursive: true })
  const files = (await readdir(from, { recursive: true })).filter((file) => segmentOfFile(basename(file)))
  for (const file of files) await rename(join(from, file), join(log, basename(file)))
  return files.length
}
