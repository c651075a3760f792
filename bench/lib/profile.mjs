import { Profile } from 'pprof-format'

// Decoded with Datadog's library and not with ours, so that a fault of our codec cannot hide in the figures.

/**
 * @typedef {{frames: {name: string, file: string, line: number, startLine: number}[], values: Record<string, number>, labels: Record<string, string | bigint>}} Sample
 * `frames` leaf first; `values` by sample type (`wall`, `cpu`, `inuse_space` ...).
 */

/** @returns {Sample[]} */
export function samplesOf(pprof) {
  const profile = Profile.decode(pprof)
  const text = (index) => profile.stringTable.strings[Number(index)]
  const functions = new Map(profile.function.map((fn) => [Number(fn.id), fn]))
  const locations = new Map(profile.location.map((location) => [Number(location.id), framesOf(location)]))
  const types = profile.sampleType.map((type) => text(type.type))

  function framesOf(location) {
    return location.line.map((line) => {
      const fn = functions.get(Number(line.functionId))
      return {
        name: text(fn.name),
        file: text(fn.filename),
        line: Number(line.line),
        startLine: Number(fn.startLine),
      }
    })
  }
  return profile.sample.map((sample) => ({
    frames: sample.locationId.flatMap((id) => locations.get(Number(id))),
    values: Object.fromEntries(types.map((type, index) => [type, Number(sample.value[index])])),
    labels: Object.fromEntries(
      sample.label.map((label) => [
        text(label.key),
        Number(label.str) ? text(label.str) : BigInt.asUintN(64, BigInt(label.num)),
      ]),
    ),
  }))
}

/** All samples of one attachment (`wall.pprof`) over several uploads. */
export async function samplesOfUploads(uploads, file) {
  const samples = []
  for (const upload of uploads) {
    const { files } = await upload.read()
    if (files[file]) samples.push(...samplesOf(files[file].pprof))
  }
  return samples
}

export const sum = (samples, type) => samples.reduce((total, sample) => total + (sample.values[type] ?? 0), 0)
