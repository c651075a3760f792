import type { ServiceSummary } from '../../pprof/answers'
import type { LimitValues } from '../../pprof/limits'
import type { SpanKind } from '../model'
import type { BlobStore } from '../store/blob-store'
import type { ProfileStore } from '../store/profile-store'
import type { SourceFiles } from './source-files'
import type * as types from './types'

/** Where queries read. */
export interface Sources {
  profiles: ProfileStore
  /** Raw profiles, also those that are not in a BlobStore yet. */
  blobs: Pick<BlobStore, 'getRange'>
  /** Where pinned profiles go. */
  pinned: Pick<BlobStore, 'put'>
  limits: LimitValues
  sourceFiles: SourceFiles
}

/** Every query by name, as runQuery runs it: parameters and result are plain JSON, but for bytes where it says so. */
export interface Queries {
  services(params: { fromMs: number; toMs: number }): Promise<ServiceSummary[]>
  tagKeys(params: types.SelectionParams): Promise<string[]>
  tagValues(
    params: types.SelectionParams & { key: string; limit?: number },
  ): Promise<{ value: string; profiles: number }[]>
  profiles(params: types.ListParams): Promise<types.ProfileInfo[]>
  /** The raw profile as received, gzip, zstd or bare. Rejects with not_found where there is none of that id, or it has expired. */
  rawProfile(params: { id: string }): Promise<Uint8Array>
  /** Keeps the raw profile for `Retention.pinnedMs`. Rejects with not_found as rawProfile does. */
  pin(params: { id: string }): Promise<{ id: string; pinned: true }>
  flameGraph(params: types.FlameGraphParams): Promise<types.FlameGraph>
  topFunctions(params: types.TopParams): Promise<types.TopFunctions>
  callGraph(params: types.FunctionParams): Promise<types.CallGraph>
  functionLines(params: types.FunctionParams): Promise<types.FunctionLines>
  /** Lines of all functions of a file. */
  fileLines(params: types.FileLinesParams): Promise<types.FunctionLines>
  /** Rejects with source_unavailable. */
  source(params: { file: string }): Promise<types.SourceText>
  hotspots(params: types.HotspotsParams): Promise<types.Hotspots>
  /** Spans of a trace, or of an endpoint; see ProfileStore.spans for their order. */
  spans(params: {
    traceId?: string
    q?: string
    endpoint?: string
    fromMs: number
    toMs: number
    kinds?: SpanKind[]
    orderBy?: 'start' | 'duration'
    limit?: number
  }): Promise<types.SpanInfo[]>
  functionSpans(params: types.FunctionSpansParams): Promise<types.FunctionSpans>
  timeline(params: types.TimelineParams): Promise<types.Timeline>
  compare(params: types.CompareParams): Promise<types.Comparison>
  metrics(params: types.MetricsParams): Promise<types.Metrics>
  /** What the rules of `insights/` find. */
  insights(params: types.SelectionParams): Promise<types.Insights>
  /** An aggregate as an uncompressed pprof. */
  exportProfile(params: types.AggregateParams): Promise<Uint8Array>
}

export type QueryName = keyof Queries

/** Queries that give bytes instead of JSON. */
export type BytesQueryName = 'exportProfile' | 'rawProfile'
