import type { BytesQueryName, QueryName } from './query/queries'
import type { StoreStats } from './store/profile-store'

/** What is asked of a store: answers to queries by name; each checks its own parameters, which come from outside. Rejects with CodedError. */
export interface QuerySource {
  /** JSON in UTF-8. */
  queryJson(name: Exclude<QueryName, BytesQueryName>, params: unknown): Promise<Uint8Array>
  /** A pprof. */
  queryBytes(name: BytesQueryName, params: unknown): Promise<Uint8Array>
  /** Rows of the columns' tables, and their bytes on disk. */
  stats(): Promise<StoreStats>
  /** Bytes of the log that are not in the columns yet. */
  readonly backlogBytes: number
}
