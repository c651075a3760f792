import * as fs from 'node:fs/promises'
import { CodedError } from '../../pprof/errors'

/** The file operations of the log and of the blobs; a test puts faults in them. */
export type FileOps = Pick<typeof fs, 'mkdir' | 'open' | 'readdir' | 'rename' | 'rm' | 'stat' | 'statfs'>

export const realFiles: FileOps = fs

/** The directory holds the names: without this, a file that is safe on disk may have none after a loss of power. */
export async function syncDirectory(ops: FileOps, path: string): Promise<void> {
  const handle = await ops.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What a failed file operation is to whoever asked for it. */
export function storageError(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const code = (error as NodeJS.ErrnoException).code ?? 'an unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') return new CodedError('storage_full')
  return new CodedError('storage_failed', { reason: code })
}
