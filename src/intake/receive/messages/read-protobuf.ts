import { CodedError } from '../../../pprof/errors'
import { FormatError } from '../../../pprof/format-error'
import type { LimitValues } from '../../../pprof/limits'
import { bytesType, varintType, WireReader } from '../../../pprof/wire'
import { Budget } from './budget'
import type { Field, Kind, NamedField, Schema } from './schema'

/** Reads one message. Bytes are views of `body`. Throws CodedError body_malformed, body_too_deep or body_too_complex. */
export function readProtobuf<T extends object>(schema: Schema<T>, body: Uint8Array, limits: LimitValues): T {
  try {
    return new ProtobufReader(body, new Budget(limits)).message(schema, body.length, 1)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new CodedError('body_malformed', { format: 'protobuf', reason: error.message })
  }
}

const fixed32Type = 5
const fixed64Type = 1

class ProtobufReader {
  readonly #wire: WireReader
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #budget: Budget

  constructor(body: Uint8Array, budget: Budget) {
    this.#wire = new WireReader(body)
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
    this.#view = new DataView(body.buffer, body.byteOffset, body.length)
    this.#budget = budget
  }

  message<T extends object>(schema: Schema<T>, end: number, depth: number): T {
    this.#budget.value()
    this.#budget.depth(depth)
    const wire = this.#wire
    const read = schema.create() as Record<string, unknown>
    while (wire.pos < end) {
      const field = schema.byNumber.get(wire.tag(end))
      if (field === undefined) wire.skip(end)
      else if (field.isList) this.#items(read, field, end, depth)
      else read[field.name] = this.#value(field, end, depth)
    }
    return read as T
  }

  #items(read: Record<string, unknown>, field: NamedField, end: number, depth: number): void {
    // The list of absent fields is shared by all messages.
    if (read[field.name] === field.absent) read[field.name] = []
    const items = read[field.name] as unknown[]
    const wire = this.#wire
    const own = wireTypes[field.kind]
    if (own === bytesType || wire.wireType !== bytesType) {
      if (own !== bytesType) this.#budget.value()
      items.push(this.#value(field, end, depth))
      return
    }
    const stop = wire.block(end)
    wire.wireType = own
    while (wire.pos < stop) {
      this.#budget.value()
      items.push(this.#value(field, stop, depth))
    }
  }

  #value(field: Field, end: number, depth: number): unknown {
    const wire = this.#wire
    wire.expect(wireTypes[field.kind], `field ${field.number}`)
    switch (field.kind) {
      case 'message':
        return this.message((field.message as () => Schema<object>)(), wire.block(end), depth + 1)
      case 'string': {
        const stop = wire.block(end)
        const text = this.#bytes.toString('utf8', wire.pos, stop)
        wire.pos = stop
        return text
      }
      case 'bytes':
      case 'id': {
        const stop = wire.block(end)
        const bytes = wire.bytes.subarray(wire.pos, stop)
        wire.pos = stop
        return bytes
      }
      case 'bool':
        return wire.uint64(end) !== 0n
      case 'int32':
      case 'enum':
        return wire.varint(end) | 0
      case 'uint32':
        return wire.varint(end)
      case 'int64':
        return wire.int64(end)
      case 'uint64':
        return wire.uint64(end)
      case 'fixed64':
        return this.#view.getBigUint64(this.#fixed(8, end), true)
      case 'double':
        return this.#view.getFloat64(this.#fixed(8, end), true)
    }
  }

  /** Position of a number of a fixed length, after passing it. */
  #fixed(length: number, end: number): number {
    const at = this.#wire.pos
    this.#wire.wireType = length === 8 ? fixed64Type : fixed32Type
    this.#wire.skip(end)
    return at
  }
}

const wireTypes: Readonly<Record<Kind, number>> = {
  string: bytesType,
  bytes: bytesType,
  id: bytesType,
  message: bytesType,
  bool: varintType,
  int32: varintType,
  uint32: varintType,
  int64: varintType,
  uint64: varintType,
  enum: varintType,
  fixed64: fixed64Type,
  double: fixed64Type,
}
