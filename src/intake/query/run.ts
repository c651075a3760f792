import { CodedError } from '../../pprof/errors'
import { flameGraph } from './flame-graph'
import { listProfiles, pin, rawProfile, services, tagKeys, tagValues } from './profiles'
import type { QueryName, Sources } from './queries'
import { topFunctions } from './top-functions'

// biome-ignore lint/suspicious/noExplicitAny: each function checks its own parameters, which come from outside.
const functions: Partial<Record<QueryName, (sources: Sources, params: any) => Promise<unknown>>> = {
  services,
  tagKeys,
  tagValues,
  profiles: listProfiles,
  rawProfile,
  pin,
  flameGraph,
  topFunctions,
}

/** Runs a query by its name with parameters of which nothing is known. Rejects with CodedError. */
export async function runQuery(sources: Sources, name: QueryName, params: unknown): Promise<unknown> {
  const run = functions[name]
  if (run === undefined) throw new CodedError('query_invalid', { field: 'query', reason: 'is unknown' })
  if (typeof params !== 'object' || params === null) {
    throw new CodedError('query_invalid', { field: 'query', reason: 'has no parameters' })
  }
  return run(sources, params)
}
