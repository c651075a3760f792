import type { IncomingMessage } from 'node:http'
import { CodedError } from '../../pprof/errors'
import { readBody } from '../body'
import { contentEncoding } from '../content-encoding'
import type { Context } from '../context'
import type { KeyHolder } from '../keys'
import { isProtobuf, readMessage } from '../receive/messages/read-message'
import type { Schema } from '../receive/messages/schema'
import type { Reply } from '../receive/protocol'
import * as messages from './messages'
import { Querier } from './service'
import { toJson, writeProtobuf } from './write-message'

/** One remote procedure of `querier.v1.QuerierService`. */
interface Procedure {
  name: string
  answer(querier: Querier, body: Body): Promise<Written>
}

interface Body {
  read<T extends object>(schema: Schema<T>): T
}

interface Written {
  protobuf(): Uint8Array
  json(): object
}

/** Connect's unary protocol (connectrpc.com/docs/protocol), in protobuf or JSON. */
export const procedures: readonly Procedure[] = [
  procedure('ProfileTypes', messages.profileTypesRequest, messages.profileTypesResponse, (querier, request) =>
    querier.profileTypes(request),
  ),
  procedure('LabelNames', messages.labelNamesRequest, messages.namesResponse, (querier, request) =>
    querier.labelNames(request),
  ),
  procedure('LabelValues', messages.labelValuesRequest, messages.namesResponse, (querier, request) =>
    querier.labelValues(request),
  ),
  procedure('Series', messages.seriesRequest, messages.seriesResponse, (querier, request) =>
    querier.series(request),
  ),
  procedure('SelectSeries', messages.selectSeriesRequest, messages.selectSeriesResponse, (querier, request) =>
    querier.selectSeries(request),
  ),
  procedure('SelectMergeStacktraces', messages.mergeRequest, messages.mergeResponse, (querier, request) =>
    querier.selectMergeStacktraces(request),
  ),
  procedure(
    'SelectMergeSpanProfile',
    messages.mergeSpansRequest,
    messages.mergeResponse,
    (querier, request) => querier.selectMergeSpanProfile(request),
  ),
  procedure('Diff', messages.diffRequest, messages.diffResponse, (querier, request) => querier.diff(request)),
]

/** Answers one call. Throws CodedError. */
export async function call(
  context: Context,
  { answer }: Procedure,
  request: IncomingMessage,
  key?: KeyHolder,
): Promise<Reply> {
  const { limits, gate, queries, decoder } = context
  if (queries === undefined) throw new CodedError('store_unavailable')
  const encoding = contentEncoding(request.headers['content-encoding'])
  const contentType = request.headers['content-type'] ?? ''
  const asProtobuf = isProtobuf(contentType)
  return gate.upload(async (charge) => {
    const packed = await readBody(request, limits.uploadBytes, (bytes) => {
      key?.charge(bytes)
      charge(bytes)
    })
    const body = encoding === 'identity' ? packed : await decoder.inflate({ encoding, body: packed })
    const message = { query: '', contentType, headers: {}, body }
    const written = await answer(new Querier(queries), {
      read: (schema) => readMessage(schema, message, limits),
    })
    return asProtobuf
      ? { status: 200, contentType: 'application/proto', body: written.protobuf() }
      : { status: 200, body: written.json() }
  })
}

function procedure<Request extends object, Response extends object>(
  name: string,
  request: Schema<Request>,
  response: Schema<Response>,
  ask: (querier: Querier, request: Request) => Promise<Response>,
): Procedure {
  return {
    name,
    async answer(querier, { read }) {
      const value = await ask(querier, read(request))
      return { protobuf: () => writeProtobuf(response, value), json: () => toJson(response, value) }
    },
  }
}
