import { CodedError } from '../../pprof/errors'
import type { ProfileUpload } from '../model'
import { ProfileChecker } from './check-profile'
import { foreignProfile } from './foreign-profile'
import { isProtobuf, readMessage } from './messages/read-message'
import * as field from './messages/schema'
import type { Protocol } from './protocol'
import { Rejections } from './rejections'
import { tagsOfResource } from './tags'

/**
 * Pyroscope's upload, `POST /push.v1.PusherService/Push`: Connect's unary protocol (connectrpc.com/docs/protocol) with
 * github.com/grafana/pyroscope, api/push/v1/push.proto, in protobuf or JSON.
 */
export const pyroscopePush: Protocol = {
  async decode(message, limits) {
    const { series } = readMessage(pushRequest, message, limits)
    const checker = new ProfileChecker(limits)
    const uploads: ProfileUpload[] = []
    const rejected = new Rejections()
    let first: CodedError | undefined
    for (const { labels, samples } of series) {
      const pairs = labels.flatMap(({ name, value }): [string, string][] => {
        return name.startsWith('__') ? [] : [[name, value]]
      })
      const tags = tagsOfResource(pairs, limits)
      for (const { rawProfile } of samples) {
        try {
          const { profile, ...times } = await foreignProfile('rawProfile', rawProfile, checker)
          const startMs = times.startMs ?? Date.now()
          const endMs = times.endMs ?? startMs
          uploads.push({ tags, startMs, endMs, profiles: [profile], endpointCounts: {}, event: noEvent })
        } catch (error) {
          if (!(error instanceof CodedError)) throw error
          first ??= error
          rejected.add(error)
        }
      }
    }
    if (uploads.length === 0) throw first ?? new CodedError('profile_missing')
    return { uploads, batches: [], rejected: rejected.list(), counts: {} }
  },
  accepted({ contentType }) {
    if (!isProtobuf(contentType)) return { status: 200, body: {} }
    return { status: 200, contentType: 'application/proto', body: new Uint8Array(0) }
  },
  refused: ({ code, message, status }) => {
    const connect = connectCodes.get(status) ?? { code: 'invalid_argument', status: 400 }
    return { status: connect.status, body: { code: connect.code, message: `${code}: ${message}` } }
  },
}

const noEvent = new Uint8Array(0)

/** Connect's codes, each with the HTTP status that it goes with. */
const connectCodes: ReadonlyMap<number, { code: string; status: number }> = new Map([
  [401, { code: 'unauthenticated', status: 401 }],
  [403, { code: 'permission_denied', status: 403 }],
  [405, { code: 'unimplemented', status: 405 }],
  [408, { code: 'deadline_exceeded', status: 408 }],
  [413, { code: 'resource_exhausted', status: 413 }],
  [415, { code: 'invalid_argument', status: 415 }],
  [429, { code: 'resource_exhausted', status: 429 }],
  [500, { code: 'internal', status: 500 }],
  [503, { code: 'unavailable', status: 503 }],
  [507, { code: 'resource_exhausted', status: 507 }],
])

interface Series {
  labels: readonly { name: string; value: string }[]
  samples: readonly { rawProfile: Uint8Array }[]
}

const labelPair = field.schema<{ name: string; value: string }>({
  name: field.string(1),
  value: field.string(2),
})

const rawSample = field.schema<{ rawProfile: Uint8Array }>({ rawProfile: field.bytes(1) })

const rawSeries = field.schema<Series>({
  labels: field.list(field.message(1, () => labelPair)),
  samples: field.list(field.message(2, () => rawSample)),
})

const pushRequest = field.schema<{ series: readonly Series[] }>({
  series: field.list(field.message(1, () => rawSeries)),
})
