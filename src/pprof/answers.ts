/**
 * What the query API answers, as plain JSON: the contract between the intake and who asks it. Ids are lower-case hexadecimal text, times
 * epoch milliseconds, values doubles in the unit that `measure` names. docs/openapi.json is made of these types.
 */

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

export interface SourceText {
  file: string
  /** Where the text was found. */
  from: 'file' | 'source map'
  text: string
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
  /** Executing lines, the costliest first; those that the client did not tell are left out. */
  lines: {
    frame: FrameInfo
    line: number
    selfWallNanos: number
    selfCpuNanos: number
  }[]
  samples: number
  /** Raw profiles read, and those that were there once but have expired. */
  profiles: number
  missingProfiles: number
}

/** Requests and jobs that ran a function, those that ran it longest first. */
export interface FunctionSpans {
  spans: { span: SpanInfo; wallNanos: number; cpuNanos: number; samples: number }[]
  /** The function in samples outside of any span that is known. */
  otherNanos: number
  /** Raw profiles read, and those that have expired. */
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

export interface Timeline {
  frames: FrameInfo[]
  /** Distinct stacks, the leaf first, as indices of `frames`. */
  stacks: number[][]
  /** By start. `spanId` `''` where a sample is in none. */
  threads: {
    name: string
    id: string
    /**
     * Row by row: end of the sample less `fromMs`, in milliseconds; what it weighs; where it was, -1 where the filter leaves it out,
     * and it then weighs nothing.
     */
    endMs: number[]
    wallMs: number[]
    cpuMs: number[]
    stack: number[]
    spanId: string[]
  }[]
  /** With a filter those of the traces of which it takes samples. */
  spans: SpanInfo[]
  /** GC and event-loop events of the runtime, as far as the client sends them. */
  events: { name: string; thread: string; startMs: number; durationMs: number }[]
  /** More samples than limits.timelineSamples: from there on they are left out. */
  cutSamples: number
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

export interface Metrics {
  measure: Omit<Measure, 'profiles' | 'processSeconds' | 'requests' | 'missingProfiles'>
  stepMs: number
  /** `timesMs` are the starts of the steps; a step without a profile has null. */
  timesMs: number[]
  groups: { by: string[]; self: (number | null)[]; total: (number | null)[] }[]
}

/** The rules; docs/explorer.md says of each what it looks at. */
export type InsightRule =
  | 'gc-share'
  | 'gc-pause'
  | 'loop-held'
  | 'sync-calls'
  | 'json'
  | 'regular-expression'
  | 'module-loading'
  | 'endpoint-share'
  | 'request-cost'
  | 'heap-growth'
  | 'cut-stacks'
  | 'no-span'

/** Something that a rule found, with the view that proves it. */
export interface Insight {
  rule: InsightRule
  /** `high` where it is twice the rule's bound or more. */
  severity: 'high' | 'medium'
  service: string
  text: string
  /** What was measured, and from where on the rule speaks. */
  figure: { value: number; bound: number; unit: 'share' | 'nanoseconds' | 'bytes' }
  /** A view of the explorer and the parameters of its address. */
  link: { path: string; params: Record<string, string> }
}

export interface Insights {
  /** By severity, then by how far they are above their bound. */
  insights: Insight[]
  /** Services that were looked at, those with the most CPU time, and how many were not. */
  services: number
  otherServices: number
  /** Raw profiles read: the newest of each service, limits.insightProfiles in all. */
  rawProfiles: number
}

/** What the intake did not keep since it started. */
export interface Losses {
  /** Its start. */
  sinceMs: number
  /** The latest first. */
  losses: Loss[]
}

export interface Loss {
  /** As `/metrics` counts it: `refused.<code>`, `rejected.<code>`, `dropped.<what>` or `ingest.<what>`. */
  name: string
  /** Since the start, in `unit`. */
  count: number
  unit: string
  /** Why the last one was not kept, with its numbers. */
  reason: string
  /** The setting that bounds it, `limits.uploadBytes`; `''` where there is none. */
  knob: string
  /** Their senders were told to try again later: they may have arrived since. */
  isRetried: boolean
  firstMs: number
  lastMs: number
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

export interface ServiceSummary {
  service: string
  kinds: string[]
  envs: string[]
  versions: string[]
  /** Distinct `runtime-id`s. */
  processes: number
  profiles: number
  firstMs: number
  lastMs: number
}
