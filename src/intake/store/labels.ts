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

/** Per sample the label of one of these names, as an index of `Samples.labelKey`; -1 where it has none. The first counts. */
export function labelColumn(profile: Profile, names: readonly string[]): Int32Array {
  return labelColumns(profile, [names])[0] as Int32Array
}

/** As labelColumn, several in one pass; a name belongs to one of them. */
export function labelColumns(profile: Profile, wanted: readonly (readonly string[])[]): Int32Array[] {
  const { labelStart, labelKey, count } = profile.samples
  const columns = wanted.map(() => new Int32Array(count).fill(-1))
  const columnOf = new Map(
    wanted.flatMap((names, column) => names.map((name) => [name, column + 1] as const)),
  )
  /** Number of the column plus one, by string. */
  const ofKey = new Uint8Array(profile.strings.length)
  let some = false
  profile.strings.forEach((text, index) => {
    const column = columnOf.get(text)
    if (column === undefined) return
    ofKey[index] = column
    some = true
  })
  if (!some) return columns
  for (let sample = 0; sample < count; sample++) {
    const end = labelStart[sample + 1] as number
    for (let label = labelStart[sample] as number; label < end; label++) {
      const number = ofKey[labelKey[label] as number] as number
      if (number === 0) continue
      const column = columns[number - 1] as Int32Array
      if (column[sample] === -1) column[sample] = label
    }
  }
  return columns
}

/** When each sample ended, epoch milliseconds with their fraction; undefined where it has no time. */
export function endMsReader(profile: Profile): (sample: number) => number | undefined {
  const times = labelColumn(profile, labelNames.endNanos)
  return (sample) => {
    const label = times[sample] as number
    return label < 0 ? undefined : Number((profile.samples.labelNum[label] as bigint) / 1_000n) / 1_000
  }
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
