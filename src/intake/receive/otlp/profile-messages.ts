import * as field from '../messages/schema'
import { type AnyValue, anyValue, type Resource, resource } from './common'

/** opentelemetry/proto/profiles/v1development/profiles.proto of 1.10, as far as it is read. Element 0 of every table is none. */
export interface Dictionary {
  locationTable: readonly DictionaryLocation[]
  functionTable: readonly DictionaryFunction[]
  linkTable: readonly Link[]
  stringTable: readonly string[]
  attributeTable: readonly Attribute[]
  stackTable: readonly Stack[]
}

export interface DictionaryLocation {
  address: bigint
  lines: readonly Line[]
}

export interface Line {
  functionIndex: number
  line: bigint
  column: bigint
}

export interface DictionaryFunction {
  nameStrindex: number
  systemNameStrindex: number
  filenameStrindex: number
  startLine: bigint
}

export interface Link {
  traceId: Uint8Array
  spanId: Uint8Array
}

export interface Attribute {
  keyStrindex: number
  value: AnyValue | undefined
}

export interface Stack {
  /** The leaf first. */
  locationIndices: readonly number[]
}

export interface ValueTypeIndices {
  typeStrindex: number
  unitStrindex: number
}

export interface OtlpSample {
  stackIndex: number
  attributeIndices: readonly number[]
  linkIndex: number
  values: readonly bigint[]
  timestampsUnixNano: readonly bigint[]
}

export interface OtlpProfile {
  sampleType: ValueTypeIndices | undefined
  samples: readonly OtlpSample[]
  timeUnixNano: bigint
  durationNano: bigint
  periodType: ValueTypeIndices | undefined
  period: bigint
}

export interface ResourceProfiles {
  resource: Resource | undefined
  scopeProfiles: readonly { profiles: readonly OtlpProfile[] }[]
}

export interface ExportProfiles {
  resourceProfiles: readonly ResourceProfiles[]
  dictionary: Dictionary | undefined
}

const line = field.schema<Line>({
  functionIndex: field.int32(1),
  line: field.int64(2),
  column: field.int64(3),
})

const location = field.schema<DictionaryLocation>({
  address: field.uint64(2),
  lines: field.list(field.message(3, () => line)),
})

const function_ = field.schema<DictionaryFunction>({
  nameStrindex: field.int32(1),
  systemNameStrindex: field.int32(2),
  filenameStrindex: field.int32(3),
  startLine: field.int64(4),
})

const link = field.schema<Link>({ traceId: field.id(1), spanId: field.id(2) })

const attribute = field.schema<Attribute>({
  keyStrindex: field.int32(1),
  value: field.message(2, () => anyValue),
})

const stack = field.schema<Stack>({ locationIndices: field.list(field.int32(1)) })

const dictionary = field.schema<Dictionary>({
  locationTable: field.list(field.message(2, () => location)),
  functionTable: field.list(field.message(3, () => function_)),
  linkTable: field.list(field.message(4, () => link)),
  stringTable: field.list(field.string(5)),
  attributeTable: field.list(field.message(6, () => attribute)),
  stackTable: field.list(field.message(7, () => stack)),
})

const valueType = field.schema<ValueTypeIndices>({
  typeStrindex: field.int32(1),
  unitStrindex: field.int32(2),
})

const sample = field.schema<OtlpSample>({
  stackIndex: field.int32(1),
  attributeIndices: field.list(field.int32(2)),
  linkIndex: field.int32(3),
  values: field.list(field.int64(4)),
  timestampsUnixNano: field.list(field.fixed64(5)),
})

const profile = field.schema<OtlpProfile>({
  sampleType: field.message(1, () => valueType),
  samples: field.list(field.message(2, () => sample)),
  timeUnixNano: field.fixed64(3),
  durationNano: field.uint64(4),
  periodType: field.message(5, () => valueType),
  period: field.int64(6),
})

const scopeProfiles = field.schema<{ profiles: readonly OtlpProfile[] }>({
  profiles: field.list(field.message(2, () => profile)),
})

const resourceProfiles = field.schema<ResourceProfiles>({
  resource: field.message(1, () => resource),
  scopeProfiles: field.list(field.message(2, () => scopeProfiles)),
})

/** The body of `POST /v1development/profiles`. */
export const exportProfiles = field.schema<ExportProfiles>({
  resourceProfiles: field.list(field.message(1, () => resourceProfiles)),
  dictionary: field.message(2, () => dictionary),
})
