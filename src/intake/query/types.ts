/**
 * What can be asked and what comes back, as plain JSON: ids are lower-case hexadecimal text, times epoch milliseconds, values
 * doubles in the unit that `measure` names. The functions of this folder take a `Sources` and one of these.
 */

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
  /** 16 or 32 hexadecimal digits: samples inside any span of the trace. */
  traceId?: string
  /** Samples of a single profile. */
  profileIds?: string[]
}

export interface AggregateParams extends SelectionParams {
  /** Kind of profile: `wall` where absent. */
  kind?: string
  /** Name of one of the kind's values: the second where absent (`wall`, `inuse_space`). */
  value?: string
  filter?: SampleFilter
  /** `total` as measured, `second` per second of process time, `request` per request served. Gauges are averages over time of the sum over processes; per `second` they are the average of one process. */
  per?: 'total' | 'second' | 'request'
}

/** What the values of an answer are, and how much stands behind them. */
export interface Measure {
  kind: string
  value: string
  unit: string
  gauge: boolean
  per: 'total' | 'second' | 'request'
  profiles: number
  processSeconds: number
  requests: number
  /** All values of the kind, to choose from. */
  values: { name: string; unit: string; gauge: boolean }[]
  source: 'columns' | 'blobs' | 'rollups'
  /** Raw profiles that have expired or cannot be read, and so are missing here. */
  missingProfiles: number
}

/** Where code comes from. */
export type Origin = 'own' | 'library' | 'runtime' | 'gc' | 'native' | 'idle'

export interface FrameInfo {
  name: string
  file: string
  /** First line of the function; 0 unknown. */
  line: number
  origin: Origin
}

export interface FlameGraphParams extends AggregateParams {
  /** Tags, or `endpoint`, `thread`, or `label:<key>`; at most 3. */
  groupBy?: string[]
  /** 16,384 where absent, 131,072 at most; smaller ones become their parent's rest. */
  maxNodes?: number
}

/** A tree in pre-order as columns; node 0 is the root. */
export interface FlameGraph {
  measure: Measure
  frames: FrameInfo[]
  nodes: {
    parent: number[]
    /** Index of `frames`; -1 for the root, -2 for what was cut below this parent. */
    frame: number[]
    self: number[]
    total: number[]
  }
  total: number
  cutNodes: number
  /** With `groupBy`: per group its tags' values and each node's total, in the order of the nodes; the 32 largest groups. */
  cutGroups: number
  groups: { by: string[]; total: number; totals: number[] }[]
}

export interface TopParams extends AggregateParams {
  groupBy?: string[]
  orderBy?: 'self' | 'total'
  limit?: number
}

export interface TopFunctions {
  measure: Measure
  total: number
  /** With `groupBy` the 100 largest groups. */
  functions: {
    frame: FrameInfo
    self: number
    /** With recursion counted once. */
    total: number
    groups: { self: number; total: number }[]
  }[]
  groups: { by: string[]; total: number }[]
}

export interface FunctionParams extends AggregateParams {
  /** Name, and file where one name is in several. */
  name: string
  file?: string
  limit?: number
}

export interface CallGraph {
  measure: Measure
  self: number
  total: number
  /** What called it and what it called, by the values of the stacks that go that way; recursion counted once. */
  callers: { frame: FrameInfo; total: number }[]
  callees: { frame: FrameInfo; total: number }[]
}

export interface FunctionLines {
  measure: Measure
  file: string
  lines: { line: number; self: number; total: number }[]
}

export interface HotspotsParams {
  /** One of: a span, a trace, or an endpoint's spans between two fractions of the distribution of durations. */
  spanId?: string
  traceId?: string
  endpoint?: { q: string; name: string; fromFraction: number; toFraction: number }
  fromMs: number
  toMs: number
  /** `subtree` (where absent): the span and what is below it in its process; `span`: without its children. */
  scope?: 'subtree' | 'span'
  limit?: number
}

export interface Hotspots {
  spans: SpanInfo[]
  /** All of these in nanoseconds. Of several spans sums. */
  durationNanos: number
  wallNanos: number
  cpuNanos: number
  /** Duration less CPU: waiting for what is not in the process, or for a turn. */
  notOnCpuNanos: number
  /** By the origin of the executing function. */
  origins: Record<Origin, { wallNanos: number; cpuNanos: number }>
  functions: {
    frame: FrameInfo
    selfWallNanos: number
    selfCpuNanos: number
    totalWallNanos: number
    totalCpuNanos: number
  }[]
  samples: number
  /** Raw profiles read, and those that were there once but have expired. */
  profiles: number
  missingProfiles: number
}

export interface SpanInfo {
  traceId: string
  spanId: string
  parentId: string
  service: string
  name: string
  resource: string
  kind: string
  startMs: number
  durationMs: number
  error: boolean
  attributes: Record<string, string | number | boolean>
  runtimeId: string
}

export interface TimelineParams {
  runtimeId: string
  fromMs: number
  /** At most limits.timelineMinutes after `fromMs`. */
  toMs: number
}

export interface Timeline {
  frames: FrameInfo[]
  /** Distinct stacks, the leaf first, as indices of `frames`. */
  stacks: number[][]
  /** By start. `spanId` `''` where a sample is in none. */
  threads: {
    name: string
    id: string
    /** Row by row: end of the sample less `fromMs`, in milliseconds; what it weighs; where it was. */
    endMs: number[]
    wallMs: number[]
    cpuMs: number[]
    stack: number[]
    spanId: string[]
  }[]
  spans: SpanInfo[]
  /** GC and event-loop events of the runtime, as far as the client sends them. */
  events: { name: string; thread: string; startMs: number; durationMs: number }[]
  /** More samples than limits.timelineSamples: from there on they are left out. */
  cutSamples: number
}

export interface CompareParams {
  a: SelectionParams
  b: SelectionParams
  kind?: string
  value?: string
  filter?: SampleFilter
  per?: 'total' | 'second' | 'request'
  limit?: number
  maxNodes?: number
}

export interface Comparison {
  a: Measure
  b: Measure
  aTotal: number
  bTotal: number
  /** By the size of the change of `self`, the largest first. */
  functions: {
    frame: FrameInfo
    aSelf: number
    bSelf: number
    aTotal: number
    bTotal: number
    /** Samples behind `aTotal` and `bTotal`. */
    aSamples: number
    bSamples: number
    /** How likely so large a change of total is where nothing changed: two-sided, from the numbers of samples. 1 for kinds without samples. */
    chance: number
  }[]
  /** One tree over both, as FlameGraph has it. */
  frames: FrameInfo[]
  nodes: {
    parent: number[]
    frame: number[]
    aSelf: number[]
    aTotal: number[]
    bSelf: number[]
    bTotal: number[]
  }
  cutNodes: number
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

export interface Metrics {
  measure: Omit<Measure, 'profiles' | 'processSeconds' | 'requests' | 'missingProfiles'>
  stepMs: number
  /** `timesMs` are the starts of the steps; a step without a profile has null. */
  timesMs: number[]
  groups: { by: string[]; self: (number | null)[]; total: (number | null)[] }[]
}

export interface ListParams extends SelectionParams {
  kind?: string
  limit?: number
  offset?: number
}

export interface ProfileInfo {
  id: string
  uploadId: string
  name: string
  kind: string
  tags: Record<string, string>
  startMs: number
  endMs: number
  receivedMs: number
  samples: number
  totals: Record<string, number>
  /** Bytes as received; 0 once expired. */
  bytes: number
  pinned: boolean
}
