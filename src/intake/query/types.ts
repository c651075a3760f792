/**
 * What can be asked, as plain JSON in the terms of pprof/answers.ts, which has what comes back. The functions of this folder take a
 * `Sources` and one of these.
 */

export type * from '../../pprof/answers'

/** Profiles by tags and time; `q` as parseSelector reads it, `''` for all. At most limits.queryDays long. */
export interface SelectionParams {
  q: string
  fromMs: number
  toMs: number
}

/** Which samples of the selected profiles. What is below `endpoint` is not in the columns: it is answered from raw profiles, of which limits.queryProfiles are read at most. */
export interface SampleFilter {
  /** `GET /cart/:id`; `''` for samples outside any. */
  endpoint?: string
  /** Label `thread name`. */
  thread?: string
  /** Labels as the application set them; all must match. */
  labels?: Record<string, string>
  /** Only stacks with a function of this name. Answered from the columns. */
  function?: string
  /** Samples inside these spans, 16 hexadecimal digits each. */
  spanIds?: string[]
  /** What of these spans; `subtree` where absent. */
  spanScope?: SpanScope
  /** 16 or 32 hexadecimal digits: samples inside any span of the trace. */
  traceId?: string
  /** Samples of a single profile. */
  profileIds?: string[]
  /** Samples that ended after `fromMs` and not after `toMs`, epoch milliseconds. Those without a time are in neither. */
  fromMs?: number
  toMs?: number
}

/** What of a span: itself and what is below it in its process, without its children, what its process ran while it lasted, all of the profiles it lies in. */
export type SpanScope = 'subtree' | 'span' | 'time' | 'whole'

export interface AggregateParams extends SelectionParams {
  /** Kind of profile: `wall` where absent. */
  kind?: string
  /** Name of one of the kind's values: the second where absent (`wall`, `inuse_space`). */
  value?: string
  filter?: SampleFilter
  /** `total` as measured, `second` per second of process time, `request` per request served. Gauges are averages over time of the sum over processes; per `second` they are the average of one process. */
  per?: 'total' | 'second' | 'request'
}

export interface FlameGraphParams extends AggregateParams {
  /** Tags, or `endpoint`, `thread`, or `label:<key>`; at most 3. */
  groupBy?: string[]
  /** 16,384 where absent, 131,072 at most; smaller ones become their parent's rest. */
  maxNodes?: number
}

export interface TopParams extends AggregateParams {
  groupBy?: string[]
  orderBy?: 'self' | 'total'
  limit?: number
}

export interface FunctionParams extends AggregateParams {
  /** Name, and file where one name is in several. */
  name: string
  file?: string
  limit?: number
}

export interface FileLinesParams extends AggregateParams {
  file: string
}

export interface HotspotsParams {
  /** One of: a span, a trace, or an endpoint's spans between two fractions of the distribution of durations. */
  spanId?: string
  traceId?: string
  endpoint?: { q: string; name: string; fromFraction?: number; toFraction?: number }
  fromMs: number
  toMs: number
  /** `subtree` where absent. */
  scope?: SpanScope
  limit?: number
}

export interface FunctionSpansParams extends SelectionParams {
  /** Name, and file where one name is in several. */
  name: string
  file?: string
  limit?: number
}

export interface TimelineParams {
  runtimeId: string
  fromMs: number
  /** At most limits.timelineMinutes after `fromMs`. */
  toMs: number
  filter?: SampleFilter
}

/** One side of a comparison. */
export interface SideParams extends SelectionParams {
  /** Only these profiles, in place of the filter's. */
  profileIds?: string[]
}

export interface CompareParams {
  a: SideParams
  b: SideParams
  kind?: string
  value?: string
  filter?: SampleFilter
  per?: 'total' | 'second' | 'request'
  limit?: number
  maxNodes?: number
}

export interface MetricsParams extends SelectionParams {
  kind?: string
  value?: string
  per?: 'total' | 'second' | 'request'
  /** Widened to whole hours where the answer comes from the roll-ups. 60,000 at least. */
  stepMs: number
  groupBy?: string[]
  endpoint?: string
  function?: { name: string; file?: string }
}

export interface ListParams extends SelectionParams {
  kind?: string
  limit?: number
  offset?: number
}
