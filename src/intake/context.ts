import type { Logger } from 'pino'
import type { LimitValues } from '../pprof/limits'
import type { Counters } from './counters'
import type { Gate } from './gate'
import type { HostNames } from './host-names'
import type { Keys } from './keys'
import type { Metrics } from './metrics'
import type { Sink } from './model'
import type { Page } from './page'
import type { QueryName } from './query/queries'
import type { Decoder } from './receive/decoder'
import type { BytesQueryName } from './store/intake-store'
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

/** What a request needs of the running intake. */
export interface Context {
  limits: LimitValues
  counters: Counters
  metrics: Metrics
  log: Logger
  gate: Gate
  hostNames: HostNames
  keys: Keys
  decoder: Decoder
  sink: Sink
  queries: QuerySource | undefined
  page: Page
  /** True once no new connection is taken: answers then ask for the connection to be closed. */
  isClosing(): boolean
}
