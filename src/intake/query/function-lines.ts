import { toNumbers } from '../../pprof/columns'
import type { Profile } from '../../pprof/model'
import { recogniseKind } from '../store/kinds'
import type { Frame } from '../store/profile-store'
import { checkFunction, isFunction } from './call-graph'
import { invalid, measuredValue, selectionOf } from './params'
import type { Sources } from './queries'
import { readRows, rowsFor } from './raw-profiles'
import { sampleTest } from './sample-filter'
import { expandFilter } from './span-filter'
import type { AggregateParams, FileLinesParams, FunctionLines, FunctionParams, Measure } from './types'
import { scaleOf } from './weighted-stacks'

/** What each line of a function cost: from raw profiles, since the columns know functions only. */
export function functionLines(sources: Sources, params: FunctionParams): Promise<FunctionLines> {
  checkFunction(params)
  return linesWhere(sources, params, params.file ?? '', (frame) => isFunction(frame, params))
}

/** What each line of a file cost, whichever function it is of. A function that calls another of the file counts on both its lines. */
export async function fileLines(sources: Sources, params: FileLinesParams): Promise<FunctionLines> {
  const { file } = params
  if (typeof file !== 'string' || file === '') invalid('file', 'is not the name of a file')
  return linesWhere(sources, params, file, (frame) => frame.file === file)
}

async function linesWhere(
  sources: Sources,
  params: AggregateParams,
  usualFile: string,
  isWanted: (frame: Frame) => boolean,
): Promise<FunctionLines> {
  const selection = selectionOf(params, sources.limits)
  const { kind, index } = measuredValue(params)
  const { filter = {}, per = 'total' } = params
  const { name: value, unit, gauge } = kind.values[index] as (typeof kind.values)[number]
  const spans = await expandFilter(sources, filter, selection)
  const rows = await rowsFor(sources, selection, kind.name, filter, spans)
  const sums = new Map<number, { self: number; total: number }>()
  let file = usualFile
  let missingProfiles = 0
  for await (const { row, profile } of readRows(sources, rows, () => missingProfiles++)) {
    const column = recogniseKind(profile.sampleTypes).columns[index] as number
    if (column < 0) continue
    const seconds = gauge ? Math.max(1, (row.endMs - row.startMs) / 1_000) : 1
    const lines = linesOf(profile, isWanted)
    if (lines.file !== undefined) file = lines.file
    const takes = sampleTest(profile, filter, spans)
    addLines(profile, column, seconds, lines.lineOf, takes, sums)
  }
  const covered = await sources.profiles.coverage({ ...selection, kind: kind.name, groupBy: [] })
  const whole = covered[0] ?? { profiles: 0, processSeconds: 0, unionSeconds: 0, requests: 0 }
  const scale = scaleOf(whole, gauge, per)
  const measure: Measure = {
    ...{ kind: kind.name, value, unit, gauge, per },
    ...{ profiles: whole.profiles, processSeconds: whole.processSeconds, requests: whole.requests },
    values: kind.values.map(({ name, unit, gauge }) => ({ name, unit, gauge })),
    ...{ source: 'blobs', missingProfiles },
  }
  const lines = [...sums].sort(([a], [b]) => a - b)
  return {
    measure,
    file,
    lines: lines.map(([line, { self, total }]) => ({ line, self: self * scale, total: total * scale })),
  }
}

/** For each entry of `Locations.lineFunction` its line where it is in the function, else -1. */
function linesOf({ functions, locations, strings }: Profile, isWanted: (frame: Frame) => boolean) {
  let file: string | undefined
  const asked = new Uint8Array(functions.count)
  for (let fn = 0; fn < functions.count; fn++) {
    const frame = {
      name: strings[functions.name[fn] as number] || '(anonymous)',
      file: strings[functions.filename[fn] as number] as string,
      line: 0,
    }
    if (!isWanted(frame)) continue
    asked[fn] = 1
    file = frame.file
  }
  const lineOf = Int32Array.from(locations.lineFunction, (fn, i) =>
    asked[fn] === 1 ? (locations.lineNumber[i] as number) : -1,
  )
  return { file, lineOf }
}

function addLines(
  { samples, locations, sampleTypes }: Profile,
  column: number,
  weight: number,
  lineOf: Int32Array,
  takes: (sample: number) => boolean,
  sums: Map<number, { self: number; total: number }>,
): void {
  const values = toNumbers(samples.values, column, sampleTypes.length)
  for (let sample = 0; sample < samples.count; sample++) {
    const seen = new Set<number>()
    let isLeaf = true
    const end = samples.stackStart[sample + 1] as number
    for (let at = samples.stackStart[sample] as number; at < end; at++) {
      const location = samples.stack[at] as number
      const lineEnd = locations.lineStart[location + 1] as number
      for (let entry = locations.lineStart[location] as number; entry < lineEnd; entry++) {
        const line = lineOf[entry] as number
        const wasLeaf = isLeaf
        isLeaf = false
        if (line < 0 || (seen.size === 0 && !takes(sample))) continue
        const sum = sums.get(line) ?? { self: 0, total: 0 }
        const value = (values[sample] as number) * weight
        if (wasLeaf) sum.self += value
        if (!seen.has(line)) sum.total += value
        seen.add(line)
        sums.set(line, sum)
      }
    }
  }
}
