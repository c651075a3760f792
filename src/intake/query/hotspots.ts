import { toNumbers } from '../../pprof/columns'
import { CodedError } from '../../pprof/errors'
import type { Profile } from '../../pprof/model'
import { functionStacks } from '../store/function-stacks'
import { recogniseKind, wallKind } from '../store/kinds'
import type { Frame, SpanRow } from '../store/profile-store'
import { readRows } from './blob-totals'
import { frameInfo, originOf } from './origin'
import { boundedCount, checkRange, invalid } from './params'
import type { Sources } from './queries'
import { insideTest } from './sample-filter'
import { parseSelector } from './selector'
import { checkedId, type ExpandedSpans, expandSpans, maxSpans } from './span-filter'
import { spanInfo } from './spans'
import type { Hotspots, HotspotsParams, Origin } from './types'

/** A profile that holds a span's samples may have begun so long before it. */
const maxProfileMs = 15 * 60_000
const shownSpans = 1_000
const [wallIndex, cpuIndex] = ['wall', 'cpu'].map((name) =>
  wallKind.values.findIndex((value) => value.name === name),
) as [number, number]

/** What ran inside a span, a trace, or the spans of an endpoint. */
export async function hotspots(sources: Sources, params: HotspotsParams): Promise<Hotspots> {
  const limit = boundedCount('limit', params.limit, 100, 10_000)
  const range = checkRange(params, sources.limits)
  if (params.scope !== undefined && params.scope !== 'span' && params.scope !== 'subtree') {
    invalid('scope', 'is neither span nor subtree')
  }
  const { found, traceIdLow, asked } = await findSpans(sources, params, range)
  const expanded = await expandSpans(sources, found, asked, traceIdLow, range)
  const inside: ExpandedSpans =
    params.scope === 'span'
      ? { ...expanded, inside: new Set(asked), roots: new Set(), traces: new Set() }
      : expanded
  const located = await sources.profiles.locate({
    ids: expanded.locateIds,
    fromMs: Math.max(0, range.fromMs - maxProfileMs),
    toMs: range.toMs,
  })
  const rows = located.filter(({ kind }) => kind === wallKind.name)
  if (rows.length > sources.limits.queryProfiles) {
    const limit = sources.limits.queryProfiles
    throw new CodedError('query_too_large', {
      actual: rows.length,
      unit: 'raw profiles',
      limit,
      knob: 'limits.queryProfiles',
    })
  }
  const sums = new HotspotSums()
  let missingProfiles = 0
  for await (const { profile } of readRows(sources, rows, () => missingProfiles++)) {
    sums.add(profile, insideTest(profile, inside))
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
    samples: sums.samples,
    profiles: rows.length - missingProfiles,
    missingProfiles,
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
  const { q, name, fromFraction, toFraction } = endpoint as NonNullable<typeof endpoint>
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

  add(profile: Profile, isInside: (sample: number) => boolean): void {
    const { columns } = recogniseKind(profile.sampleTypes)
    const width = profile.sampleTypes.length
    const column = (index: number) => {
      const at = columns[index] as number
      return at < 0 ? new Float64Array(profile.samples.count) : toNumbers(profile.samples.values, at, width)
    }
    const [wall, cpu] = [column(wallIndex), column(cpuIndex)]
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
