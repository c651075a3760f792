import { WireWriter } from '../../pprof/wire-writer'
import type { NamedField, Schema } from '../receive/messages/schema'

/** Writes what readProtobuf reads. Fields of their absent value are left out, numbers in lists are packed. */
export function writeProtobuf<T extends object>(schema: Schema<T>, value: T): Uint8Array {
  const writer = new WireWriter()
  writeFields(writer, schema, value)
  return writer.finish()
}

function writeFields<T extends object>(writer: WireWriter, schema: Schema<T>, value: T): void {
  for (const field of schema.byNumber.values()) {
    const own = (value as Record<string, unknown>)[field.name]
    if (!field.isList) writeValue(writer, field, own)
    else if (field.kind === 'int64') {
      const numbers = own as readonly bigint[]
      if (numbers.length > 0)
        writer.block(field.number, () => {
          for (const number of numbers) {
            const word = BigInt.asUintN(64, number)
            writer.packed(Number(word & 0xffffffffn), Number(word >> 32n))
          }
        })
    } else for (const item of own as readonly unknown[]) writeValue(writer, field, item)
  }
}

function writeValue(writer: WireWriter, field: NamedField, value: unknown): void {
  if (value === undefined) return
  if (field.kind === 'message') {
    const of = (field.message as () => Schema<object>)()
    writer.block(field.number, () => writeFields(writer, of, value as object))
  } else if (field.kind === 'string') {
    if (value !== '' || field.isList) writer.text(field.number, value as string)
  } else if (field.kind === 'double') writer.double(field.number, value as number)
  else writer.bigint(field.number, value as bigint)
}

/** The same as protobuf's JSON: 64-bit numbers as texts. */
export function toJson<T extends object>(schema: Schema<T>, value: T): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const field of schema.byNumber.values()) {
    const own = (value as Record<string, unknown>)[field.name]
    if (own === undefined || (field.isList && (own as readonly unknown[]).length === 0)) continue
    const one = (item: unknown) => jsonValue(field, item)
    json[field.name] = field.isList ? (own as readonly unknown[]).map(one) : one(own)
  }
  return json
}

function jsonValue(field: NamedField, value: unknown): unknown {
  if (field.kind === 'message') return toJson((field.message as () => Schema<object>)(), value as object)
  return typeof value === 'bigint' ? String(value) : value
}
