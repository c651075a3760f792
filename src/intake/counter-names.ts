import type { ErrorCode } from '../pprof/errors'
import type { IngestCounter } from './store/ingester'

/**
 * `refused.<code>` counts answers by their code, `rejected.<code>` parts of what was else taken; `dropped.<what>` counts what was taken and thrown away.
 */
export type CounterName =
  | IngestCounter
  | 'store.restarts'
  | 'uploads.stored'
  | 'uploads.repeated'
  | 'uploads.bytes'
  | 'spans.stored'
  | `refused.${ErrorCode}`
  | `rejected.${ErrorCode}`
  | 'dropped.connections'
  | 'dropped.aborted_requests'
  | `dropped.${'telemetry' | 'stats' | 'config' | 'metrics'}_requests`
  | `dropped.${'attachments' | 'span_attributes' | 'log_records'}`
