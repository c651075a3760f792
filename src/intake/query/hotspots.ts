import type { Profile } from '../../pprof/model'
import { functionStacks } from '../store/function-stacks'
import { valueColumn, wallKind } from '../store/kinds'
import type { Frame, SpanRow } from '../store/profile-store'
import { frameInfo, originOf } from './origin'
import { boundedCount, checkRange, invalid } from './params'
import type { Sources } from './queries'
import { maxProfileMs, readRows, rowsFor } from './raw-profiles'
import { scopeTest } from './sample-filter'
import { parseSelector } from './selector'
import { checkedId, checkedScope, expandSpans, maxSpans } from './span-filter'
import { spanInfo } from './spans'
import type { Hotspots, HotspotsParams, Origin } from './types'

const shownSpans = 1_000

/** What ran inside a span, a trace, or the spans of an endpoint. */
export async function hotspots(sources: Sources, params: HotspotsParams): Promise<Hotspots> {
  const limit = boundedCount('limit', params.limit, 100, 10_000)
  const range = checkRange(params, sources.limits)
  const scope = checkedScope(params.scope)
  if ((scope === 'time' || scope === 'whole') && params.spanId === undefined)
    invalid('scope', `is ${scope}: that takes a single span`)
  const { found, traceIdLow, asked } = await findSpans(sources, params, range)
  const spans = await expandSpans(sources, found, asked, traceIdLow, range, scope)
  const times = { fromMs: Math.max(0, range.fromMs - maxProfileMs), toMs: range.toMs }
  const rows = await rowsFor(sources, { ...times, selector: [] }, wallKind.name, undefined, spans)
  const sums = new HotspotSums()
  let missingProfiles = 0
  for await (const { profile } of readRows(sources, rows, () => missingProfiles++)) {
    sums.add(profile, scopeTest(profile, spans))
  }
  const durationNanos = topMost(found).reduce((sum, span) => sum + Number(span.durationNanos), 0)
  return {
    spans: found.slice(0, shownSpans).map(spanInfo),
    durationNanos,
    wallNanos: sums.wall,
    cpuNanos: sums.cpu,
    notOnCpuNanos: Math.max(0, durationNanos - sums.cpu),
    origins: sums.origins,
    functions: sums.functions(limit),
    lines: sums.lines(limit),
    samples: sums.samples,
    profiles: rows.length - missingProfiles,
    missingProfiles,
  }
}

/** The line of each sample's leaf; 0 unknown. */
function executingLines({ samples, locations }: Profile): (sample: number) => number {
  return (sample) => {
    const leaf = samples.stackStart[sample] as number
    if (leaf === samples.stackStart[sample + 1]) return 0
    const entry = locations.lineStart[samples.stack[leaf] as number] as number
    return locations.lineNumber[entry] ?? 0
  }
}

async function findSpans(
  { profiles }: Sources,
  { spanId, traceId, endpoint }: HotspotsParams,
  range: { fromMs: number; toMs: number },
) {
  if ([spanId, traceId, endpoint].filter((one) => one !== undefined).length !== 1) {
    invalid('spanId', 'or traceId or endpoint: exactly one of them is needed')
  }
  if (spanId !== undefined) {
    const id = checkedId('spanId', spanId)
    const found = await profiles.spans({ ...range, spanIds: [id], limit: maxSpans })
    return { found, asked: [id], traceIdLow: undefined }
  }
  if (traceId !== undefined) {
    const traceIdLow = checkedId('traceId', traceId)
    const found = await profiles.spans({ ...range, traceIdsLow: [traceIdLow], limit: maxSpans })
    return { found, asked: found.map((span) => span.spanId), traceIdLow }
  }
  const { q, name, fromFraction = 0, toFraction = 1 } = endpoint as NonNullable<typeof endpoint>
  if (!(fromFraction >= 0 && toFraction <= 1 && fromFraction <= toFraction)) {
    invalid('endpoint', 'has fractions that are not 0 <= fromFraction <= toFraction <= 1')
  }
  const selection = { selector: parseSelector(q), ...range, endpoint: name }
  const [from, to] = await profiles.durationQuantiles(selection, [fromFraction, toFraction])
  if (from === undefined || to === undefined) return { found: [], asked: [], traceIdLow: undefined }
  const found = await profiles.spans({
    ...selection,
    minDurationNanos: from,
    maxDurationNanos: to,
    limit: maxSpans,
  })
  return { found, asked: found.map((span) => span.spanId), traceIdLow: undefined }
}

/** Those that are not below another of them: their durations do not overlap in the same thread of work. */
function topMost(spans: readonly SpanRow[]): SpanRow[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  return spans.filter(({ parentId }) => !ids.has(parentId))
}

interface LineSum {
  frame: Frame
  line: number
  wall: number
  cpu: number
}

interface FunctionSum {
  frame: Frame
  selfWall: number
  selfCpu: number
  totalWall: number
  totalCpu: number
}

class HotspotSums {
  wall = 0
  cpu = 0
  samples = 0
  readonly origins: Hotspots['origins'] = {
    own: { wallNanos: 0, cpuNanos: 0 },
    library: { wallNanos: 0, cpuNanos: 0 },
    runtime: { wallNanos: 0, cpuNanos: 0 },
    gc: { wallNanos: 0, cpuNanos: 0 },
    native: { wallNanos: 0, cpuNanos: 0 },
    idle: { wallNanos: 0, cpuNanos: 0 },
  }
  readonly #functions = new Map<string, FunctionSum>()
  readonly #lines = new Map<string, LineSum>()

  add(profile: Profile, isInside: (sample: number) => boolean): void {
    const none = new Float64Array(profile.samples.count)
    const [wall = none, cpu = none] = [valueColumn(profile, 'wall'), valueColumn(profile, 'cpu')]
    const lineOf = executingLines(profile)
    const { frames, stackStart, stackFrames, ofSample } = functionStacks(profile)
    for (let sample = 0; sample < profile.samples.count; sample++) {
      if (!isInside(sample)) continue
      const stack = ofSample[sample] as number
      const ids = stackFrames.subarray(stackStart[stack], stackStart[stack + 1])
      const times = { wall: wall[sample] as number, cpu: cpu[sample] as number }
      this.samples++
      this.wall += times.wall
      this.cpu += times.cpu
      const leaf = ids[0] === undefined ? undefined : frames[ids[0]]
      const origin: Origin = leaf === undefined ? 'native' : originOf(leaf)
      this.origins[origin].wallNanos += times.wall
      this.origins[origin].cpuNanos += times.cpu
      if (leaf !== undefined) this.#addLine(leaf, lineOf(sample), times)
      for (const id of new Set(ids)) this.#addTotal(frames[id] as Frame, times, frames[id] === leaf)
    }
  }

  functions(limit: number): Hotspots['functions'] {
    return [...this.#functions.values()]
      .sort((a, b) => b.selfWall - a.selfWall || b.totalWall - a.totalWall)
      .slice(0, limit)
      .map(({ frame, selfWall, selfCpu, totalWall, totalCpu }) => ({
        frame: frameInfo(frame),
        ...{
          selfWallNanos: selfWall,
          selfCpuNanos: selfCpu,
          totalWallNanos: totalWall,
          totalCpuNanos: totalCpu,
        },
      }))
  }

  lines(limit: number): Hotspots['lines'] {
    return [...this.#lines.values()]
      .sort((a, b) => b.wall - a.wall)
      .slice(0, limit)
      .map(({ frame, line, wall, cpu }) => ({
        ...{ frame: frameInfo(frame), line, selfWallNanos: wall, selfCpuNanos: cpu },
      }))
  }

  #addLine(frame: Frame, line: number, { wall, cpu }: { wall: number; cpu: number }): void {
    if (line === 0) return
    const key = `${line} ${frame.line} ${frame.file}\0${frame.name}`
    const sum = this.#lines.get(key) ?? { frame, line, wall: 0, cpu: 0 }
    sum.wall += wall
    sum.cpu += cpu
    this.#lines.set(key, sum)
  }

  #addTotal(frame: Frame, { wall, cpu }: { wall: number; cpu: number }, isLeaf: boolean): void {
    const key = `${frame.line} ${frame.file}\0${frame.name}`
    const sum = this.#functions.get(key) ?? { frame, selfWall: 0, selfCpu: 0, totalWall: 0, totalCpu: 0 }
    sum.totalWall += wall
    sum.totalCpu += cpu
    if (isLeaf) {
      sum.selfWall += wall
      sum.selfCpu += cpu
    }
    this.#functions.set(key, sum)
  }
}
