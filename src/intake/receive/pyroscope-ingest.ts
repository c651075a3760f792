import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { ProfileChecker } from './check-profile'
import { foreignProfile } from './foreign-profile'
import { splitParts } from './multipart'
import { type Message, mediaType, type Protocol } from './protocol'
import { tagsOfResource } from './tags'

/**
 * Pyroscope's older upload, `POST /ingest?name=shop{env=prod}&from=&until=&format=pprof`: the body is a pprof, or multipart/form-data
 * with it in the part `profile`.
 */
export const pyroscopeIngest: Protocol = {
  async decode(message, limits) {
    const query = new URLSearchParams(message.query)
    const checker = new ProfileChecker(limits)
    const { profile, ...times } = await foreignProfile('profile', await body(message, query, limits), checker)
    const nowMs = Date.now()
    const endMs = timeMs(query, 'until') ?? times.endMs ?? nowMs
    const startMs = Math.min(timeMs(query, 'from') ?? times.startMs ?? endMs, endMs)
    const tags = tagsOfResource([...labels(query), ...spy(query)], limits)
    const upload = { tags, startMs, endMs, profiles: [profile], endpointCounts: {}, event: new Uint8Array(0) }
    return { uploads: [upload], batches: [], rejected: [], counts: {} }
  },
  accepted: () => ({ status: 200, body: {} }),
}

async function body(message: Message, query: URLSearchParams, limits: LimitValues): Promise<Uint8Array> {
  const format = query.get('format')
  const isMultipart = mediaType(message.contentType) === 'multipart/form-data'
  if (format !== null && format !== 'pprof')
    throw new CodedError('profile_format_unsupported', { actual: format })
  if (!isMultipart && format === null)
    throw new CodedError('profile_format_unsupported', { actual: 'groups' })
  if (!isMultipart) return message.body
  const parts = await splitParts(message.body, message.contentType, limits)
  const part = parts.find(({ field }) => field === 'profile')
  if (part === undefined) throw new CodedError('profile_missing')
  return part.bytes
}

/** `shop{env=prod,region=eu}`: the format knows no escapes. */
function labels(query: URLSearchParams): [string, string][] {
  const name = query.get('name') ?? ''
  const brace = name.indexOf('{')
  const service = (brace < 0 ? name : name.slice(0, brace)).trim()
  if (service === '') invalid('name', 'is absent')
  if (brace >= 0 && !name.endsWith('}')) invalid('name', 'does not end in }')
  const pairs = brace < 0 ? [] : name.slice(brace + 1, -1).split(',')
  const labels = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1)]
  })
  return [...labels.filter(([key]) => !key.startsWith('__')), ['service_name', service]]
}

function spy(query: URLSearchParams): [string, string][] {
  return query.get('spyName') === 'nodespy' ? [['runtime', 'nodejs']] : []
}

/** Epoch milliseconds of a time in seconds, milliseconds, microseconds or nanoseconds: its digits tell which. */
function timeMs(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,19}$/.test(text)) invalid(name, 'is not a time since 1970')
  const unit = text.length >= 19 ? 1e-6 : text.length >= 16 ? 1e-3 : text.length >= 13 ? 1 : 1_000
  return Math.round(Number(text) * unit)
}

function invalid(field: string, reason: string): never {
  throw new CodedError('query_invalid', { field, reason })
}
