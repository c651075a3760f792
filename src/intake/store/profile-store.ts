import type { ProfileInfo, ServiceSummary } from '../../pprof/answers'
import type { Span, SpanKind } from '../model'
import type { Selector } from '../query/selector'

/**
 * The columns: what queries read of profiles and spans. Everything above this interface knows no database; the raw profiles in
 * the BlobStore are the truth, and all of this can be made again from them. Ids of stacks, frames and series are of this store
 * only. Errors are CodedErrors: storage_full, storage_failed, query_invalid.
 */
export interface ProfileStore {
  /** Adds one batch, all of it or nothing, once: a batch at or below `written()` of its segment, and a profile whose id is there, are left out. Resolves when it can be queried. */
  write(batch: WriteBatch): Promise<WriteResult>
  /** How much of each segment is in the columns. */
  written(): Promise<Map<string, SegmentState>>
  /** Which of these uploads are there; looks at those received since `sinceMs`. */
  recentUploads(sinceMs: number): Promise<Set<string>>

  /** Services that reported in the range, by name. */
  services(range: TimeRange): Promise<ServiceSummary[]>
  /** Keys of tags in the selection, in the order of the alphabet. */
  tagKeys(selection: Selection): Promise<string[]>
  /** Values of one tag with how many profiles have each, the most first. */
  tagValues(selection: Selection, key: string, limit: number): Promise<{ value: string; profiles: number }[]>
  /** Newest first. */
  listProfiles(
    query: Selection & { kind?: string; ids?: readonly string[]; limit: number; offset?: number },
  ): Promise<ProfileRow[]>
  /** Time that was profiled and requests that were served, by group. */
  coverage(query: CoverageQuery): Promise<Coverage[]>

  /** Sums by group and stack; gauges as value times covered seconds, to be divided by a coverage. */
  stackTotals(query: StackQuery): Promise<StackTotals>
  /** Sums by group and function from the hourly roll-ups and, for hours that have none yet, from the samples. The `limit` largest functions over all groups by `orderBy`. */
  functionTotals(query: FunctionQuery): Promise<FunctionTotals>
  /** Sums of everything by group, as one point of a series. */
  groupTotals(query: Selection & { kind: string; groupBy: readonly string[] }): Promise<SeriesPoint[]>
  /** Sums over time, one point per step and group. */
  series(query: SeriesQuery): Promise<SeriesPoint[]>

  /** Spans by any of these, at most `limit`. */
  spans(query: SpanQuery): Promise<SpanRow[]>
  /** Durations of the server spans of an endpoint at these fractions (0 to 1), in nanoseconds; empty where there are none. */
  durationQuantiles(query: Selection & { endpoint: string }, fractions: readonly number[]): Promise<number[]>
  /** Profiles that may have samples of these spans or traces, by the ids in their labels; none that has is missing. */
  locate(query: { ids: readonly bigint[]; fromMs: number; toMs: number }): Promise<ProfileRow[]>

  /** Brings the hour that holds this time into the roll-ups, in place of what is there of it. */
  rollUp(hourMs: number): Promise<void>
  /** Hours before `beforeMs` with data that the roll-ups do not have. */
  dueHours(beforeMs: number): Promise<number[]>
  /** Removes what is older than its table's retention. @returns rows removed, and segments that no row refers to any more */
  expire(retention: Retention, nowMs: number): Promise<{ rows: number; segments: string[] }>
  /**
   * Removes stacks and functions that nothing refers to any more, once a day: all rows are looked at. What has become unused in the same
   * minute stays for a query that is under way, so it comes before `expire`. @returns how many
   */
  removeUnused(nowMs: number): Promise<number>
  /** Forgets that segments are there: their blobs are gone, and so are the raw profiles in them. */
  forgetSegments(segments: readonly string[]): Promise<void>
  /** The profile's blob is now under another key and neither it nor its row expires before `Retention.pinnedMs`. */
  pin(id: string, blob: BlobRef): Promise<void>
  stats(): Promise<StoreStats>
  close(): Promise<void>
}

/** From `fromMs` inclusive to `toMs` exclusive, epoch milliseconds; a profile belongs where it starts, in whole minutes for what comes from the columns. */
export interface TimeRange {
  fromMs: number
  toMs: number
}

export interface Selection extends TimeRange {
  selector: Selector
}

/** Bytes of a blob. */
export interface BlobRef {
  key: string
  offset: number
  length: number
}

/** What the store keeps how long, milliseconds, counted from the profile's start. */
export interface Retention {
  blobsMs: number
  samplesMs: number
  spansMs: number
  profilesMs: number
  stackRollUpsMs: number
  functionRollUpsMs: number
  pinnedMs: number
}

/** A function; `line` is where it starts, 0 unknown. */
export interface Frame {
  name: string
  file: string
  line: number
}

/** Everything between two offsets of a segment. */
export interface WriteBatch {
  segment: string
  /** The segment is in the columns up to here once the batch is. */
  end: number
  /** The segment will not grow any more. */
  sealed: boolean
  profiles: ColumnProfile[]
  spans: ColumnSpan[]
}

export interface WriteResult {
  profiles: number
  repeated: number
  spans: number
  /** Profiles and spans that were summed up as `(other)`, since their service has too many series. */
  otherSeries: number
}

export interface SegmentState {
  end: number
  sealed: boolean
}

/** One profile as the columns take it: sums by endpoint and stack. */
export interface ColumnProfile {
  /** 32 hexadecimal digits. */
  id: string
  uploadId: string
  name: string
  tags: ReadonlyMap<string, string>
  kind: string
  startMs: number
  endMs: number
  receivedMs: number
  blob: BlobRef
  samples: number
  endpointCounts: Readonly<Record<string, number>>
  /** Row by row the index of the endpoint (0 is none), the index of the stack, and one value per value of the kind in its steps. */
  endpoints: readonly string[]
  frames: readonly Frame[]
  stackStart: Uint32Array
  /** Indices of frames, the leaf first. */
  stackFrames: Uint32Array
  rowEndpoint: Uint32Array
  rowStack: Uint32Array
  rowValues: readonly Float64Array[]
  /** Ids of local root spans, or where there are none, of spans, and low halves of trace ids, as the labels have them. */
  spanIds: BigUint64Array
}

export interface ColumnSpan extends Span {
  tags: ReadonlyMap<string, string>
}

/** `name` is data, never a path. */
export interface ProfileRow extends Omit<ProfileInfo, 'totals' | 'bytes'> {
  /** Sums by the values of the kind, in their units. */
  totals: number[]
  /** Undefined once the raw profile has expired. */
  blob: BlobRef | undefined
}

export interface CoverageQuery extends Selection {
  kind: string
  /** Tags. */
  groupBy: readonly string[]
  /** Count requests of this endpoint only. */
  endpoint?: string
}

export interface Coverage {
  group: string[]
  profiles: number
  /** Summed over processes. */
  processSeconds: number
  /** During which at least one process was profiled; exact for kinds with a state, the only ones that are divided by it. */
  unionSeconds: number
  requests: number
}

export interface StackQuery extends Selection {
  kind: string
  /** Undefined is all; `''` is samples without one. */
  endpoint?: string
  /** Tags, or `endpoint`. */
  groupBy: readonly string[]
  /** Stacks with the largest `orderBy`; the rest of a group comes as the stack -1. */
  limit: number
  /** Index of a value of the kind. */
  orderBy: number
}

export interface StackTotals {
  groups: string[][]
  /** Row by row. `stack` is an index of `stackStart`, -1 for all stacks beyond the limit. */
  rowGroup: Uint32Array
  rowStack: Int32Array
  /** Column by column, in the units of the kind's values. */
  values: Float64Array[]
  stackStart: Uint32Array
  /** Indices of `frames`, the leaf first. */
  stackFrames: Uint32Array
  frames: Frame[]
}

export interface FunctionQuery extends Selection {
  kind: string
  /** Tags of the roll-ups: `service`, `env`, `version`. */
  groupBy: readonly string[]
  orderBy: number
  bySelf: boolean
  limit: number
}

export interface FunctionTotals {
  groups: string[][]
  frames: Frame[]
  rowGroup: Uint32Array
  rowFrame: Uint32Array
  self: Float64Array[]
  total: Float64Array[]
}

export interface SeriesQuery extends Selection {
  kind: string
  stepMs: number
  /** Tags, or `endpoint`. */
  groupBy: readonly string[]
  endpoint?: string
  /** Sums of this function's self and total instead of everything's; hourly steps or longer. */
  frame?: { name: string; file?: string }
}

export interface SeriesPoint {
  group: string[]
  timeMs: number
  /** By the values of the kind: what ran in the function itself, and under it; equal where no function was asked for. */
  self: number[]
  total: number[]
  profiles: number
  processSeconds: number
  unionSeconds: number
  requests: number
}

export interface SpanQuery extends TimeRange {
  /** Low halves. */
  traceIdsLow?: readonly bigint[]
  spanIds?: readonly bigint[]
  selector?: Selector
  /** `resource` of server spans. */
  endpoint?: string
  minDurationNanos?: number
  maxDurationNanos?: number
  kinds?: readonly SpanKind[]
  /** `duration`, the longest first, where `endpoint` is asked for; else `start`. */
  orderBy?: 'start' | 'duration'
  limit: number
}

export interface SpanRow extends Omit<Span, 'attributes'> {
  attributes: [key: string, value: string | number | boolean][]
  /** Of the process: `runtime-id`, `env`, `version`, `host`. */
  tags: Record<string, string>
}

export interface StoreStats {
  tables: Record<string, number>
  bytes: number
}
