import { gzipSync } from 'node:zlib'
import {
  Label,
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format'
import type { ProfileUpload } from '../../src/intake/model'

/** A frame as `name`, `name@file` or `name@file:line`: line is the executing one, functions start 10 lines before. */
export interface MadeSample {
  /** The leaf first. */
  stack: string[]
  values: number[]
  labels?: Record<string, string | number | bigint>
}

export const wallTypes = ['sample/count', 'wall/nanoseconds', 'cpu/nanoseconds']
export const heapTypes = [
  'inuse_objects/count',
  'inuse_space/bytes',
  'alloc_objects/count',
  'alloc_space/bytes',
]

/** Encodes a profile with pprof-format, which is not ours. */
export function makeProfile(types: readonly string[], samples: readonly MadeSample[], period = 0): Buffer {
  const strings = new StringTable()
  const locations = new Map<string, Location>()
  const functions = new Map<string, PprofFunction>()
  const locate = (text: string): Location => {
    const known = locations.get(text)
    if (known) return known
    const [, name = '', file = '', line = '20'] =
      /^([^@]+)(?:@([^:]+(?::[^\d][^:]*)*)(?::(\d+))?)?$/.exec(text) ?? []
    const key = `${name}@${file}`
    const fn =
      functions.get(key) ??
      new PprofFunction({
        id: functions.size + 1,
        name: strings.dedup(name),
        filename: strings.dedup(file),
        startLine: file === '' ? 0 : 10,
      })
    functions.set(key, fn)
    const location = new Location({
      id: locations.size + 1,
      line: [new Line({ functionId: fn.id, line: file === '' ? 0 : Number(line) })],
    })
    locations.set(text, location)
    return location
  }
  const profile = new Profile({
    sampleType: types.map((text) => {
      const [type = '', unit = ''] = text.split('/')
      return new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) })
    }),
    sample: samples.map(({ stack, values, labels = {} }) => {
      return new Sample({
        locationId: stack.map((frame) => locate(frame).id),
        value: values,
        label: Object.entries(labels).map(([key, value]) =>
          typeof value === 'string'
            ? new Label({ key: strings.dedup(key), str: strings.dedup(value) })
            : new Label({ key: strings.dedup(key), num: value }),
        ),
      })
    }),
    location: [...locations.values()],
    function: [...functions.values()],
    stringTable: strings,
    period,
  })
  return gzipSync(Buffer.from(profile.encode()))
}

export interface MadeUpload {
  tags?: Record<string, string>
  startMs: number
  /** 60,000 where absent. */
  durationMs?: number
  endpointCounts?: Record<string, number>
  wall?: readonly MadeSample[]
  heap?: readonly MadeSample[]
  heapPeriod?: number
  files?: Record<string, Uint8Array>
}

export function makeUpload({
  tags = {},
  startMs,
  durationMs = 60_000,
  endpointCounts = {},
  wall,
  heap,
  heapPeriod,
  files,
}: MadeUpload): ProfileUpload {
  const profiles = Object.entries(files ?? {}).map(([name, bytes]) => ({ name, bytes }))
  if (wall) profiles.push({ name: 'wall.pprof', bytes: makeProfile(wallTypes, wall) })
  if (heap) profiles.push({ name: 'space.pprof', bytes: makeProfile(heapTypes, heap, heapPeriod) })
  const all = { service: 'shop', env: 'prod', version: '1', host: 'a', 'runtime-id': 'r1', ...tags }
  return {
    tags: new Map(Object.entries(all)),
    startMs,
    endMs: startMs + durationMs,
    profiles,
    endpointCounts,
    event: Buffer.from('{}'),
  }
}

/** `count` samples of 10 ms wall and 8 ms CPU each, as one. */
export function ticks(stack: string[], count: number, labels?: MadeSample['labels']): MadeSample {
  return { stack, values: [count, count * 10_000_000, count * 8_000_000], ...(labels && { labels }) }
}
