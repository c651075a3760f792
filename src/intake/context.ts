import type { Logger } from 'pino'
import type { LimitValues } from '../pprof/limits'
import type { Counters } from './counters'
import type { Gate } from './gate'
import type { HostNames } from './host-names'
import type { Keys } from './keys'
import type { Metrics } from './metrics'
import type { Sink } from './model'
import type { Page } from './page'
import type { QuerySource } from './query-source'
import type { Decoder } from './receive/decoder'

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
