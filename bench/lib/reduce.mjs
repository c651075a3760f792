import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as format from 'pprof-format'
import { samplesOf } from '../../test/accuracy/samples.ts'

const extraLabels = new Set(['trace id', 'vm state'])

/**
 * The size that a profile of ours would have with the information of the peer's: each function at its first line only, no trace id, no VM state,
 * equal samples merged, encoded by the library that the peer uses. `compression` is `zstd` or `gzip`.
 */
export function reducedBytes(pprof, compression) {
  const types = format.Profile.decode(pprof)
  const strings = new format.StringTable()
  const text = (index) => types.stringTable.strings[Number(index)]
  const functions = new Map()
  const samples = new Map()
  for (const { frames, values, labels } of samplesOf(pprof)) {
    const locationId = frames.map((frame) => functionId(functions, frame))
    const kept = Object.entries(labels).filter(([key]) => !extraLabels.has(key))
    const key = JSON.stringify([locationId, kept], (_, value) =>
      typeof value === 'bigint' ? `${value}n` : value,
    )
    const known = samples.get(key)
    if (known) for (const [type, value] of Object.entries(values)) known.values[type] += value
    else samples.set(key, { locationId, values: { ...values }, kept })
  }
  const profile = new format.Profile({
    sampleType: types.sampleType.map(
      (type) =>
        new format.ValueType({ type: strings.dedup(text(type.type)), unit: strings.dedup(text(type.unit)) }),
    ),
    sample: [...samples.values()].map(
      ({ locationId, values, kept }) =>
        new format.Sample({
          locationId,
          value: Object.values(values),
          label: kept.map(([key, value]) => label(strings, key, value)),
        }),
    ),
    location: [...functions.values()].map(
      ({ id, startLine }) =>
        new format.Location({ id, line: [new format.Line({ functionId: id, line: startLine })] }),
    ),
    function: [...functions.values()].map(
      ({ id, name, file }) =>
        new format.Function({
          id,
          name: strings.dedup(name),
          systemName: strings.dedup(name),
          filename: strings.dedup(file),
        }),
    ),
    stringTable: strings,
    timeNanos: types.timeNanos,
    durationNanos: types.durationNanos,
    period: types.period,
  })
  const encoded = profile.encode()
  return (compression === 'zstd' ? zstdCompressSync(encoded) : gzipSync(encoded)).length
}

function functionId(functions, { name, file, startLine }) {
  const key = `${name} ${file} ${startLine}`
  if (!functions.has(key)) functions.set(key, { id: functions.size + 1, name, file, startLine })
  return functions.get(key).id
}

function label(strings, key, value) {
  return typeof value === 'string'
    ? new format.Label({ key: strings.dedup(key), str: strings.dedup(value) })
    : new format.Label({ key: strings.dedup(key), num: value })
}
