import type { ErrorCode, ErrorDetails } from '../../pprof/errors'
import type { QueryName } from '../query/queries'
import type { SegmentProgress } from '../wal/wal'
import type { Attempt, Caution } from './crash-ledger'
import type { IngestCounter } from './ingester'
import type { StoreProcessOptions } from './options'

/** To the store's process. */
export type Command =
  | { type: 'open'; options: StoreProcessOptions; caution: Caution }
  | { type: 'progress'; progress: SegmentProgress }
  /** Before the upload is in the log. */
  | { type: 'contents'; uploadId: string; contents: (Uint8Array | undefined)[] }
  | { type: 'query'; id: number; name: QueryName; params: unknown }
  /** Answered when all progress told before is in the columns. */
  | { type: 'settle'; id: number }
  /** Roll-ups and expiry now, as of this time. */
  | { type: 'maintain'; id: number; nowMs: number }
  | { type: 'stats'; id: number }
  | { type: 'stop' }

/** From the store's process. */
export type Report =
  | { type: 'opened'; recentUploads: string[] }
  | { type: 'failed'; message: string }
  | { type: 'written'; segment: string; end: number; whole: boolean }
  | { type: 'count'; name: IngestCounter; amount: number }
  | { type: 'trouble'; message: string }
  /** Every few seconds; `atMs` since 1970. */
  | { type: 'memory'; rssBytes: number; maxRssBytes: number; atMs: number }
  /** Before a batch is decoded; without one after it is written. */
  | { type: 'attempt'; attempt: Attempt | undefined }
  /** JSON in UTF-8, or for queries that give bytes these. */
  | { type: 'answer'; id: number; bytes: Uint8Array }
  | { type: 'refusal'; id: number; code: ErrorCode; details: ErrorDetails }
