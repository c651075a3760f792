import { CodedError } from '../../../pprof/errors'
import type { LimitValues } from '../../../pprof/limits'
import { scanJson } from '../../../pprof/scan-json'
import { Budget } from './budget'
import type { Field, NamedField, Schema } from './schema'

/**
 * Reads one message from protobuf's JSON (protobuf.dev/programming-guides/json): 64-bit numbers may be texts, bytes are base64, ids
 * hexadecimal as OTLP has them. Throws CodedError body_malformed, body_too_deep or body_too_complex.
 */
export function readJson<T extends object>(schema: Schema<T>, body: Uint8Array, limits: LimitValues): T {
  const json = parse(body, new Budget(limits))
  if (!isObject(json)) throw malformed('it holds no object')
  return message(schema, json)
}

function parse(body: Uint8Array, budget: Budget): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    // Before JSON.parse, which knows no bound: every object, list and item has one of these characters.
    scanJson(
      text,
      (depth) => {
        budget.value()
        budget.depth(depth)
      },
      () => budget.value(),
    )
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw malformed(error instanceof Error ? error.message : 'unreadable')
  }
}

type Json = Readonly<Record<string, unknown>>

function message<T extends object>(schema: Schema<T>, json: Json): T {
  const read = schema.create() as Record<string, unknown>
  for (const [name, value] of Object.entries(json)) {
    const field = schema.byName.get(name)
    if (field === undefined || value === null) continue
    read[field.name] = field.isList ? items(field, value) : single(field, value)
  }
  return read as T
}

function items(field: NamedField, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw wrong(field, 'a list')
  return value.map((item) => single(field, item))
}

function single(field: NamedField, value: unknown): unknown {
  switch (field.kind) {
    case 'message':
      if (!isObject(value)) throw wrong(field, 'an object')
      return message((field.message as () => Schema<object>)(), value)
    case 'string':
      if (typeof value !== 'string') throw wrong(field, 'a text')
      return value
    case 'bytes':
      if (typeof value !== 'string') throw wrong(field, 'base64')
      return Buffer.from(value, 'base64')
    case 'id':
      return hexadecimal(field, value)
    case 'bool':
      if (typeof value !== 'boolean') throw wrong(field, 'true or false')
      return value
    case 'double':
      return float(field, value)
    case 'enum':
      return typeof value === 'string' ? named(field, value) : Number(integer(field, value, 32))
    case 'int32':
    case 'uint32':
      return Number(integer(field, value, 32))
    case 'int64':
    case 'uint64':
    case 'fixed64':
      return integer(field, value, 64)
  }
}

function hexadecimal(field: NamedField, value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})*$/i.test(value)) throw wrong(field, 'hexadecimal')
  return Buffer.from(value, 'hex')
}

function integer(field: NamedField, value: unknown, bits: 32 | 64): bigint {
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
  if (typeof text !== 'bigint' && (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text))) {
    throw wrong(field, 'a whole number')
  }
  const number = BigInt(text)
  const isSigned = field.kind.startsWith('int') || field.kind === 'enum'
  const inRange = isSigned ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number)
  if (inRange !== number) throw wrong(field, `a number of ${bits} bits`)
  return number
}

function float(field: NamedField, value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && /^(?:NaN|-?Infinity|-?\d[\d.eE+-]*)$/.test(value)) return Number(value)
  throw wrong(field, 'a number')
}

function named(field: NamedField, value: string): number {
  const index = field.names?.indexOf(value) ?? -1
  if (index < 0) throw wrong(field, 'one of its values')
  return index
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(field: Pick<Field, 'kind'> & { name: string }, needed: string): CodedError {
  return malformed(`${field.name} is not ${needed}`)
}

function malformed(reason: string): CodedError {
  return new CodedError('body_malformed', { format: 'JSON', reason })
}
