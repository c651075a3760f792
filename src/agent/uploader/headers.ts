import type { Config } from '../config'
import type { ProcessFacts } from './process-facts'
import type { Target } from './target'

/** Headers of an upload, given its boundary. */
export function requestHeaders(
  config: Config,
  facts: ProcessFacts,
  version: string,
  target: Target,
): (boundary: string) => Record<string, string> {
  const fixed: Record<string, string> = {
    'DD-EVP-ORIGIN': 'acme-profiler',
    'DD-EVP-ORIGIN-VERSION': version,
    'User-Agent': `acme-profiler/${version}`,
  }
  if (target.apiKey !== undefined) fixed['DD-API-KEY'] = target.apiKey
  if (facts.containerId !== undefined) fixed['Datadog-Container-Id'] = facts.containerId
  if (facts.entityId !== undefined) fixed['Datadog-Entity-ID'] = facts.entityId
  if (config.externalEnv !== undefined) fixed['Datadog-External-Env'] = config.externalEnv
  return (boundary) => ({ ...fixed, 'Content-Type': `multipart/form-data; boundary=${boundary}` })
}
