/**
 * Messages as protobuf's languages describe them, and as they come: in protobuf or in its JSON. Only the fields that are read are
 * described; all others are passed over.
 */
export type Kind =
  | 'string'
  | 'bytes'
  /** bytes in protobuf, hexadecimal text in OTLP's JSON. */
  | 'id'
  | 'bool'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'double'
  | 'enum'
  | 'message'

/** A field whose value is a `T`. */
export interface Field<T = unknown> {
  number: number
  kind: Kind
  isList: boolean
  /** The value where the field is absent. */
  absent: T
  message?: () => Schema<object>
  /** Names of an enum's values, which JSON may have in place of their numbers. */
  names?: readonly string[]
}

/** A message of the shape `T`. */
export interface Schema<T extends object> {
  byNumber: ReadonlyMap<number, NamedField>
  /** By the name of JSON, lowerCamelCase, and by that of the .proto file. */
  byName: ReadonlyMap<string, NamedField>
  /** A message without any field. */
  create(): T
}

export interface NamedField extends Field {
  name: string
}

/** Describes a message; each field of `T` by its name in JSON. */
export function schema<T extends object>(fields: { [K in keyof T]-?: Field<T[K]> }): Schema<T> {
  const named = Object.entries<Field>(fields).map(([name, field]) => ({ ...field, name }))
  const absent = Object.fromEntries(named.map(({ name, absent }) => [name, absent])) as T
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return {
    byNumber: new Map(named.map((field) => [field.number, field])),
    byName: new Map(
      named.flatMap((field) => [[field.name, field] as const, [snake(field.name), field] as const]),
    ),
    create: () => ({ ...absent }),
  }
}

const noBytes = new Uint8Array(0)

export const string = (number: number): Field<string> => scalar(number, 'string', '')
export const bytes = (number: number): Field<Uint8Array> => scalar(number, 'bytes', noBytes)
export const id = (number: number): Field<Uint8Array> => scalar(number, 'id', noBytes)
export const bool = (number: number): Field<boolean> => scalar(number, 'bool', false)
export const int32 = (number: number): Field<number> => scalar(number, 'int32', 0)
export const uint32 = (number: number): Field<number> => scalar(number, 'uint32', 0)
export const int64 = (number: number): Field<bigint> => scalar(number, 'int64', 0n)
export const uint64 = (number: number): Field<bigint> => scalar(number, 'uint64', 0n)
export const fixed64 = (number: number): Field<bigint> => scalar(number, 'fixed64', 0n)
export const double = (number: number): Field<number> => scalar(number, 'double', 0)

export function enumeration(number: number, names: readonly string[] = []): Field<number> {
  return { ...scalar(number, 'enum', 0), names }
}

export function message<T extends object>(number: number, of: () => Schema<T>): Field<T | undefined> {
  return { number, kind: 'message', isList: false, absent: undefined, message: of }
}

/** One of several: undefined where it is not the one. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, absent: undefined }
}

// One for all: absent lists cost nothing. Whoever reads adds to a list of its own.
const noItems: readonly never[] = Object.freeze([])

export function list<T>(field: Field<T>): Field<readonly NonNullable<T>[]> {
  return { ...field, isList: true, absent: noItems }
}

function scalar<T>(number: number, kind: Kind, absent: T): Field<T> {
  return { number, kind, isList: false, absent }
}
