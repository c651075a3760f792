/** The parts of docs/openapi.json that the commands read. */
export interface Measure {
  kind: string
  value: string
  unit: string
  per: 'total' | 'second' | 'request'
  profiles: number
  missingProfiles: number
}

export interface Frame {
  name: string
  file: string
  line: number
  origin: string
}

export interface Service {
  service: string
  kinds: string[]
  envs: string[]
  versions: string[]
  processes: number
  profiles: number
  lastMs: number
}

export interface ListedProfile {
  id: string
  name: string
  tags: Record<string, string>
  startMs: number
  endMs: number
  samples: number
  bytes: number
}

export interface FlameGraph {
  measure: Measure
  frames: Frame[]
  nodes: { parent: number[]; frame: number[]; self: number[]; total: number[] }
  total: number
  cutNodes: number
}

export interface TopFunctions {
  measure: Measure
  total: number
  functions: { frame: Frame; self: number; total: number }[]
}

export interface Comparison {
  a: Measure
  b: Measure
  aTotal: number
  bTotal: number
  functions: { frame: Frame; aSelf: number; bSelf: number; aTotal: number; bTotal: number; chance: number }[]
}

export interface Hotspots {
  spans: { name: string; resource: string; service: string; durationMs: number }[]
  durationNanos: number
  wallNanos: number
  cpuNanos: number
  notOnCpuNanos: number
  origins: Record<string, { wallNanos: number; cpuNanos: number }>
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
