import type { Frame, Origin } from '../flame/tree'

/** Answers of the query API, as far as the page reads them; docs/openapi.json has all of them. A test compares with the intake's own types. */

export interface Service {
  service: string
  kinds: string[]
  envs: string[]
  versions: string[]
  processes: number
  profiles: number
  firstMs: number
  lastMs: number
}

export interface Measured {
  kind: string
  value: string
  unit: string
  gauge: boolean
  per: 'total' | 'second' | 'request'
  values: { name: string; unit: string; gauge: boolean }[]
}

export interface Measure extends Measured {
  profiles: number
  processSeconds: number
  requests: number
  missingProfiles: number
}

export interface FlameGraph {
  measure: Measure
  frames: Frame[]
  nodes: { parent: number[]; frame: number[]; self: number[]; total: number[] }
  total: number
  cutNodes: number
  groups: { by: string[]; total: number; totals: number[] }[]
}

export interface TopFunctions {
  measure: Measure
  total: number
  functions: { frame: Frame; self: number; total: number; groups: { self: number; total: number }[] }[]
  groups: { by: string[]; total: number }[]
}

export interface Comparison {
  a: Measure
  b: Measure
  aTotal: number
  bTotal: number
  functions: {
    frame: Frame
    aSelf: number
    bSelf: number
    aTotal: number
    bTotal: number
    chance: number
  }[]
  frames: Frame[]
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
  measure: Measured
  stepMs: number
  timesMs: number[]
  groups: { by: string[]; self: (number | null)[]; total: (number | null)[] }[]
}

export interface FunctionLines {
  measure: Measure
  file: string
  lines: { line: number; self: number; total: number }[]
}

export interface CallGraph {
  measure: Measure
  self: number
  total: number
  callers: { frame: Frame; total: number }[]
  callees: { frame: Frame; total: number }[]
}

export interface Span {
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

export interface Hotspots {
  spans: Span[]
  durationNanos: number
  wallNanos: number
  cpuNanos: number
  notOnCpuNanos: number
  origins: Record<Origin, { wallNanos: number; cpuNanos: number }>
  functions: {
    frame: Frame
    selfWallNanos: number
    selfCpuNanos: number
    totalWallNanos: number
    totalCpuNanos: number
  }[]
  samples: number
  profiles: number
  missingProfiles: number
}

export interface Profile {
  id: string
  name: string
  kind: string
  tags: Record<string, string>
  startMs: number
  endMs: number
  samples: number
  totals: Record<string, number>
  bytes: number
  pinned: boolean
}
