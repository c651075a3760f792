import type { Profile } from '../../pprof/model'

/** Names of the labels that the intake understands, whichever client wrote them. */
export const labelNames = {
  endpoint: ['trace endpoint', 'endpoint'],
  span: ['span id', 'span_id'],
  rootSpan: ['local root span id', 'local_root_span_id'],
  trace: ['trace id', 'trace_id'],
  thread: ['thread name'],
  threadId: ['thread id'],
  endNanos: ['end_timestamp_ns'],
} as const

/** Indices in `Profile.strings` of a label's names; a name may be there twice. */
export function labelKeys(profile: Profile, names: readonly string[]): ReadonlySet<number> {
  const keys = new Set<number>()
  profile.strings.forEach((text, index) => {
    if (names.includes(text)) keys.add(index)
  })
  return keys
}

/** Index of the sample's label of one of these keys, -1 if it has none. */
export function findLabel({ samples }: Profile, sample: number, keys: ReadonlySet<number>): number {
  const end = samples.labelStart[sample + 1] as number
  for (let label = samples.labelStart[sample] as number; label < end; label++) {
    if (keys.has(samples.labelKey[label] as number)) return label
  }
  return -1
}

/** The label's text, or its number as digits. */
export function labelText({ samples, strings }: Profile, label: number): string {
  const str = samples.labelStr[label] as number
  return str !== 0 ? (strings[str] as string) : String(samples.labelNum[label])
}

/** An id of 64 bits: Datadog writes it as a signed number or as digits, the others as hexadecimal text. Of 128 bits the low half; 0n where it is none. */
export function labelId({ samples, strings }: Profile, label: number): bigint {
  const str = samples.labelStr[label] as number
  if (str === 0) return BigInt.asUintN(64, samples.labelNum[label] as bigint)
  return parseId(strings[str] as string)
}

/** 16 or 32 hexadecimal digits, or a decimal number. */
export function parseId(text: string): bigint {
  if (/^(?:[0-9a-f]{16}){1,2}$/i.test(text)) return BigInt(`0x${text.slice(-16)}`)
  return /^\d{1,20}$/.test(text) ? BigInt.asUintN(64, BigInt(text)) : 0n
}

export function formatId(id: bigint): string {
  return id.toString(16).padStart(16, '0')
}
