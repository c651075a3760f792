import { CodedError } from '../../pprof/errors'
import { callGraph } from './call-graph'
import { compare } from './compare'
import { exportProfile } from './export-profile'
import { flameGraph } from './flame-graph'
import { fileLines, functionLines } from './function-lines'
import { functionSpans } from './function-spans'
import { hotspots } from './hotspots'
import { insights } from './insights'
import { metrics } from './metrics'
import { listProfiles, pin, rawProfile, services, tagKeys, tagValues } from './profiles'
import type { QueryName, Sources } from './queries'
import { source } from './source'
import { spans } from './spans'
import { timeline } from './timeline'
import { topFunctions } from './top-functions'

// biome-ignore lint/suspicious/noExplicitAny: each function checks its own parameters, which come from outside.
const functions: Record<QueryName, (sources: Sources, params: any) => Promise<unknown>> = {
  services,
  tagKeys,
  tagValues,
  profiles: listProfiles,
  rawProfile,
  pin,
  flameGraph,
  topFunctions,
  callGraph,
  functionLines,
  fileLines,
  source,
  hotspots,
  spans,
  functionSpans,
  timeline,
  compare,
  metrics,
  insights,
  exportProfile,
}

/** Runs a query by its name with parameters of which nothing is known. Rejects with CodedError. */
export async function runQuery(sources: Sources, name: QueryName, params: unknown): Promise<unknown> {
  const run = functions[name]
  // The name comes from outside.
  if (!Object.hasOwn(functions, name))
    throw new CodedError('query_invalid', { field: 'query', reason: 'is unknown' })
  if (typeof params !== 'object' || params === null) {
    throw new CodedError('query_invalid', { field: 'query', reason: 'has no parameters' })
  }
  return run(sources, params)
}
