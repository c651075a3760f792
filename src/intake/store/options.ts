import type { LimitValues } from '../../pprof/limits'
import type { Retention } from './profile-store'

const dayMs = 86_400_000

/** How long what is kept, where nothing else is said. */
export const retentionDefaults: Retention = {
  blobsMs: 8 * dayMs,
  samplesMs: 8 * dayMs,
  spansMs: 8 * dayMs,
  profilesMs: 30 * dayMs,
  stackRollUpsMs: 90 * dayMs,
  functionRollUpsMs: 400 * dayMs,
  pinnedMs: 365 * dayMs,
}

/** What the store's process is started with; plain data. */
export interface StoreProcessOptions {
  /** `log/`, `segments/`, `pinned/`, `dead-letter/` and `columns.duckdb` lie in it. */
  dir: string
  limits: LimitValues
  retention: Retention
  /** Memory the columns' database may take beside the process's own. */
  memoryBytes: number
  threads: number
  /** Directories below which source files are shown. */
  sourceRoots: readonly string[]
  /** Makes the columns anew of the segments. */
  rebuild: boolean
}
