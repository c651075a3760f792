import type * as types from '../../src/intake/query/types'
import type { Losses, ServiceSummary } from '../../src/pprof/answers'

export interface TagValue {
  value: string
  profiles: number
}

export interface Pinned {
  id: string
  pinned: true
}

/** All that the query API answers; docs/openapi.json has these types and what they are made of. */
export interface Answers {
  services: ServiceSummary
  tagValues: TagValue
  profiles: types.ProfileInfo
  pin: Pinned
  flameGraph: types.FlameGraph
  topFunctions: types.TopFunctions
  callGraph: types.CallGraph
  functionLines: types.FunctionLines
  source: types.SourceText
  hotspots: types.Hotspots
  spans: types.SpanInfo
  functionSpans: types.FunctionSpans
  timeline: types.Timeline
  compare: types.Comparison
  metrics: types.Metrics
  insights: types.Insights
  losses: Losses
}
