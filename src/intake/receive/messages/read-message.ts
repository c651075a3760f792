import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'
import { type Message, mediaType } from '../protocol'
import { readJson } from './read-json'
import { readProtobuf } from './read-protobuf'
import type { Schema } from './schema'

const protobufTypes: ReadonlySet<string> = new Set([
  'application/x-protobuf',
  'application/protobuf',
  'application/proto',
])

/** Whether a body of this Content-Type is protobuf; else it is JSON. Throws CodedError body_type_unsupported. */
export function isProtobuf(contentType: string): boolean {
  const type = mediaType(contentType)
  if (protobufTypes.has(type)) return true
  if (type === 'application/json') return false
  throw new CodedError('body_type_unsupported', {
    actual: type === '' ? 'absent' : type,
    accepted: 'application/x-protobuf or application/json',
  })
}

/** Reads a body that is protobuf or its JSON. */
export function readMessage<T extends object>(schema: Schema<T>, message: Message, limits: LimitValues): T {
  const read = isProtobuf(message.contentType) ? readProtobuf : readJson
  return read(schema, message.body, limits)
}
