import * as pprofFormat from 'pprof-format'
import type { Profile } from '../../src/pprof/model'

/** A profile as plain objects without ids or indices: equal for all encodings of the same profile. */
export type Plain = ReturnType<typeof plain>

/** Our model, slowly and obviously. */
export function plain(profile: Profile) {
  const { samples, locations, functions, mappings, sampleTypes, strings } = profile
  const text = (index: number | undefined) => strings[index ?? -1]
  const range = (start: Uint32Array, i: number) => {
    const [from, to] = [start[i] ?? 0, start[i + 1] ?? 0]
    return Array.from({ length: to - from }, (_, k) => from + k)
  }
  const location = (i: number) => ({
    address: locations.address[i],
    mapping: mappings[locations.mapping[i] ?? -1],
    folded: locations.folded[i] === 1,
    lines: range(locations.lineStart, i).map((line) => {
      const fn = locations.lineFunction[line] ?? -1
      const known = fn < functions.count
      return {
        called: known && {
          name: text(functions.name[fn]),
          systemName: text(functions.systemName[fn]),
          filename: text(functions.filename[fn]),
          startLine: functions.startLine[fn],
        },
        line: locations.lineNumber[line],
        column: locations.lineColumn[line],
      }
    }),
  })
  const allLocations = Array.from({ length: locations.count }, (_, i) => location(i))
  return {
    sampleTypes,
    samples: Array.from({ length: samples.count }, (_, i) => ({
      stack: range(samples.stackStart, i).map((at) => allLocations[samples.stack[at] ?? -1]),
      values: Array.from(samples.values.slice(i * sampleTypes.length, (i + 1) * sampleTypes.length)),
      labels: range(samples.labelStart, i).map((at) => ({
        key: text(samples.labelKey[at]),
        str: text(samples.labelStr[at]),
        num: samples.labelNum[at],
        unit: text(samples.labelUnit[at]),
      })),
    })),
    periodType: profile.periodType,
    period: profile.period,
    timeNanos: profile.timeNanos,
    durationNanos: profile.durationNanos,
    comments: profile.comments,
    defaultSampleType: profile.defaultSampleType,
    dropFrames: profile.dropFrames,
    keepFrames: profile.keepFrames,
  }
}

/** The same of bytes that pprof-format decodes. */
export function plainByPprofFormat(bytes: Uint8Array): Plain {
  const profile = pprofFormat.Profile.decode(bytes)
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)]
  const signed = (value: number | bigint) => BigInt.asIntN(64, BigInt(value))
  const unsigned = (value: number | bigint) => BigInt.asUintN(64, BigInt(value))
  const byId = <Row extends { id: number | bigint }>(rows: Row[]) =>
    new Map(rows.map((row) => [Number(row.id), row]))
  const valueType = ({ type, unit }: pprofFormat.ValueType) => ({
    type: text(type) ?? '',
    unit: text(unit) ?? '',
  })
  const functions = byId(profile.function)
  const mappings = byId(profile.mapping)
  const locations = byId(profile.location)
  const called = (id: number | bigint) => {
    const fn = functions.get(Number(id))
    return (
      fn !== undefined && {
        name: text(fn.name),
        systemName: text(fn.systemName),
        filename: text(fn.filename),
        startLine: Number(fn.startLine),
      }
    )
  }
  const location = (row: pprofFormat.Location) => {
    const mapping = mappings.get(Number(row.mappingId))
    return {
      address: unsigned(row.address),
      mapping: mapping && {
        memoryStart: unsigned(mapping.memoryStart),
        memoryLimit: unsigned(mapping.memoryLimit),
        fileOffset: unsigned(mapping.fileOffset),
        filename: text(mapping.filename) ?? '',
        buildId: text(mapping.buildId) ?? '',
        hasFunctions: Boolean(mapping.hasFunctions),
        hasFilenames: Boolean(mapping.hasFilenames),
        hasLineNumbers: Boolean(mapping.hasLineNumbers),
        hasInlineFrames: Boolean(mapping.hasInlineFrames),
      },
      folded: Boolean(row.isFolded),
      lines: row.line.map((line) => ({
        called: called(line.functionId),
        line: Number(BigInt(line.line) & 0xffffffffn),
        column: Number(line.column) || Number(BigInt(line.line) >> 32n),
      })),
    }
  }
  return {
    sampleTypes: profile.sampleType.map(valueType),
    samples: profile.sample.map((sample) => ({
      stack: sample.locationId.map((id) => {
        const row = locations.get(Number(id))
        return row && location(row)
      }),
      values: sample.value.map(signed),
      labels: sample.label.map((label) => ({
        key: text(label.key),
        str: text(label.str),
        num: signed(label.num),
        unit: text(label.numUnit),
      })),
    })),
    periodType: profile.periodType && valueType(profile.periodType),
    period: signed(profile.period),
    timeNanos: signed(profile.timeNanos),
    durationNanos: signed(profile.durationNanos),
    comments: profile.comment.map((index) => text(index) ?? ''),
    defaultSampleType: text(profile.defaultSampleType) ?? '',
    dropFrames: text(profile.dropFrames) ?? '',
    keepFrames: text(profile.keepFrames) ?? '',
  }
}
