import * as field from '../messages/schema'

/** opentelemetry/proto/common/v1/common.proto and resource/v1/resource.proto, as far as they are read. */
export interface AnyValue {
  stringValue: string | undefined
  boolValue: boolean | undefined
  intValue: bigint | undefined
  doubleValue: number | undefined
  arrayValue: ArrayValue | undefined
  kvlistValue: KeyValueList | undefined
  bytesValue: Uint8Array | undefined
  stringValueStrindex: number | undefined
}

export interface ArrayValue {
  values: readonly AnyValue[]
}

export interface KeyValueList {
  values: readonly KeyValue[]
}

export interface KeyValue {
  key: string
  value: AnyValue | undefined
  keyStrindex: number
}

export interface Resource {
  attributes: readonly KeyValue[]
}

export const anyValue: field.Schema<AnyValue> = field.schema<AnyValue>({
  stringValue: field.optional(field.string(1)),
  boolValue: field.optional(field.bool(2)),
  intValue: field.optional(field.int64(3)),
  doubleValue: field.optional(field.double(4)),
  arrayValue: field.message(5, () => arrayValue),
  kvlistValue: field.message(6, () => keyValueList),
  bytesValue: field.optional(field.bytes(7)),
  stringValueStrindex: field.optional(field.int32(8)),
})

const arrayValue = field.schema<ArrayValue>({ values: field.list(field.message(1, () => anyValue)) })

const keyValueList = field.schema<KeyValueList>({ values: field.list(field.message(1, () => keyValue)) })

export const keyValue: field.Schema<KeyValue> = field.schema<KeyValue>({
  key: field.string(1),
  value: field.message(2, () => anyValue),
  keyStrindex: field.int32(3),
})

export const resource = field.schema<Resource>({
  attributes: field.list(field.message(1, () => keyValue)),
})

/** An attribute's value as we keep it: lists, maps and bytes as JSON. Undefined where it is empty. */
export function plainValue(value: AnyValue | undefined): string | number | boolean | undefined {
  if (value === undefined) return undefined
  const { stringValue, boolValue, intValue, doubleValue } = value
  if (intValue !== undefined) {
    const number = Number(intValue)
    return Number.isSafeInteger(number) ? number : String(intValue)
  }
  if (doubleValue !== undefined) return Number.isFinite(doubleValue) ? doubleValue : String(doubleValue)
  const composed = value.arrayValue ?? value.kvlistValue ?? value.bytesValue
  return stringValue ?? boolValue ?? (composed && JSON.stringify(nested(value)))
}

// As deep as the body was: limits.bodyDepth.
function nested(value: AnyValue | undefined): unknown {
  if (value?.arrayValue) return value.arrayValue.values.map(nested)
  if (value?.kvlistValue) {
    return Object.fromEntries(value.kvlistValue.values.map((pair) => [pair.key, nested(pair.value)]))
  }
  if (value?.bytesValue) return Buffer.from(value.bytesValue).toString('base64')
  return plainValue(value) ?? null
}

/** The attributes that have a value. */
export function* plainAttributes(
  attributes: readonly KeyValue[],
): Generator<[string, string | number | boolean]> {
  for (const { key, value } of attributes) {
    const plain = plainValue(value)
    if (plain !== undefined) yield [key, plain]
  }
}
