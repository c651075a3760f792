import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CodedError } from '../../pprof/errors'
import type { Context } from '../context'
import type { Losses } from '../losses'
import type { BytesQueryName } from '../query/queries'
import type { QuerySource } from '../query-source'
import type { Reply } from '../receive/protocol'
import type { Endpoint } from './endpoints'
import { readParams } from './params'

const hourMs = 3_600_000
const zip = promisify(gzip)

/** Answers one request of the API. `query` is what stands behind the `?`. Rejects with CodedError. */
export async function answerQuery(
  { queries, counters }: Pick<Context, 'queries' | 'counters'>,
  endpoint: Endpoint,
  query: string,
): Promise<Reply> {
  const params = readParams(query, endpoint.params)
  for (const field of endpoint.required) {
    if (params[field] === undefined) throw new CodedError('query_invalid', { field, reason: 'is missing' })
  }
  const complete = withDefaults(params, endpoint)
  if (endpoint.query === 'losses') {
    return { status: 200, body: counters.losses.during(complete as Parameters<Losses['during']>[0]) }
  }
  if (queries === undefined) throw new CodedError('store_unavailable')
  if (endpoint.answers === undefined) {
    const bytes = await queries.queryBytes(endpoint.query as BytesQueryName, complete)
    const body = endpoint.path.endsWith('.gz') ? await zip(bytes) : bytes
    return { status: 200, contentType: 'application/octet-stream', body }
  }
  type JsonQueryName = Parameters<QuerySource['queryJson']>[0]
  const body = await queries.queryJson(endpoint.query as JsonQueryName, complete)
  return { status: 200, contentType: 'application/json', body }
}

/** All services and the last hour, where nothing is said. */
function withDefaults(params: Record<string, unknown>, { params: types }: Endpoint): Record<string, unknown> {
  const selections = ['', 'a.', 'b.'].filter((prefix) => Object.hasOwn(types, `${prefix}fromMs`))
  const complete = { ...params }
  for (const prefix of selections) {
    const key = prefix.slice(0, -1)
    const given = (prefix === '' ? complete : (complete[key] ?? {})) as Record<string, unknown>
    const toMs = (given.toMs ?? Date.now()) as number
    const filled = {
      ...(Object.hasOwn(types, `${prefix}q`) && { q: '' }),
      fromMs: toMs - hourMs,
      ...given,
      toMs,
    }
    if (prefix === '') Object.assign(complete, filled)
    else complete[key] = filled
  }
  return complete
}
