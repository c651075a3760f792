import type { LimitValues } from '../../pprof/limits'
import { cutText } from './cut-text'

type Bounds = Pick<LimitValues, 'uploadTags' | 'tagBytes'>

/** At most limits.uploadTags of the tags, none longer than limits.tagBytes. Those that name the process come first. */
export function boundTags(tags: Iterable<readonly [string, string]>, limits: Bounds): Map<string, string> {
  const all = new Map(tags)
  const bounded = new Map<string, string>()
  const take = (key: string, value: string) => {
    if (bounded.size >= limits.uploadTags || value === '') return
    if (key === '' || key.length > limits.tagBytes) return
    bounded.set(key, cutText(value, limits.tagBytes))
  }
  for (const key of identifying) {
    const value = all.get(key)
    if (value !== undefined) take(key, value)
  }
  for (const [key, value] of all) take(key, value)
  return bounded
}

const identifying = ['service', 'env', 'version', 'host', 'runtime-id', 'runtime']

/** Our tags by the names that OpenTelemetry's semantic conventions give to what they hold. */
const fromOpenTelemetry: Readonly<Record<string, string>> = {
  'service.name': 'service',
  service_name: 'service',
  'service.version': 'version',
  'service.instance.id': 'runtime-id',
  'deployment.environment.name': 'env',
  'deployment.environment': 'env',
  'host.name': 'host',
  'process.runtime.name': 'runtime',
  'process.runtime.version': 'runtime_version',
  'process.pid': 'process_id',
}

/** Tags of attributes or labels of a resource: those that we know under our names, the others as they are. */
export function tagsOfResource(
  attributes: Iterable<readonly [string, string | number | boolean]>,
  limits: Bounds,
): Map<string, string> {
  const tags = new Map<string, string>()
  for (const [key, value] of attributes) {
    const known = Object.hasOwn(fromOpenTelemetry, key) ? fromOpenTelemetry[key] : undefined
    if (known === undefined) tags.set(key, String(value))
    else if (!tags.has(known)) tags.set(known, String(value))
  }
  return boundTags(tags, limits)
}
