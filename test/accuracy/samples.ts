import { Profile } from 'pprof-format'

// Decoded with Datadog's library and not with ours, so that a fault of our codec cannot hide in the figures.

export interface Frame {
  name: string
  file: string
  line: number
  startLine: number
}

export interface Sample {
  /** The leaf first. */
  frames: Frame[]
  /** By sample type: `sample`, `wall`, `cpu`, `inuse_space` ... */
  values: Record<string, number>
  /** Numbers as unsigned 64 bits. */
  labels: Record<string, string | bigint>
}

/** All samples of an uncompressed pprof file. Throws what the decoder throws on anything else. */
export function samplesOf(pprof: Uint8Array): Sample[] {
  const profile = Profile.decode(pprof)
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? ''
  const functions = new Map(profile.function.map((fn) => [Number(fn.id), fn]))
  const types = profile.sampleType.map((type) => text(type.type))
  const locations = new Map(
    profile.location.map(({ id, line: lines }) => {
      const frames = lines.map(({ functionId, line }) => {
        const fn = functions.get(Number(functionId))
        const startLine = Number(fn?.startLine ?? 0)
        return { name: text(fn?.name ?? 0), file: text(fn?.filename ?? 0), line: Number(line), startLine }
      })
      return [Number(id), frames]
    }),
  )
  return profile.sample.map(({ locationId, value, label }) => ({
    frames: locationId.flatMap((id) => locations.get(Number(id)) ?? []),
    values: Object.fromEntries(types.map((type, index) => [type, Number(value[index])])),
    labels: Object.fromEntries(
      label.map(({ key, str, num }) => [
        text(key),
        Number(str) ? text(str) : BigInt.asUintN(64, BigInt(num)),
      ]),
    ),
  }))
}

/** Sum of one sample type over the samples. */
export const sum = (samples: readonly Sample[], type: string) =>
  samples.reduce((total, sample) => total + (sample.values[type] ?? 0), 0)
