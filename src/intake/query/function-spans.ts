import type { Profile } from '../../pprof/model'
import { functionStacks } from '../store/function-stacks'
import { valueColumn, wallKind } from '../store/kinds'
import { labelColumn, labelId, labelNames } from '../store/labels'
import { checkFunction, isFunction } from './call-graph'
import { boundedCount, selectionOf } from './params'
import type { Sources } from './queries'
import { readRows, rowsFor } from './raw-profiles'
import { spanInfo } from './spans'
import type { FunctionSpans, FunctionSpansParams } from './types'

/** A request may have begun so long before the sample that was taken in it. */
const maxSpanMs = 15 * 60_000

interface Sum {
  wallNanos: number
  cpuNanos: number
  samples: number
}

/** From a function to the requests that ran it: samples with it on the stack, by the local root span in their labels, or the span itself where the client names no root. */
export async function functionSpans(sources: Sources, params: FunctionSpansParams): Promise<FunctionSpans> {
  checkFunction(params)
  const limit = boundedCount('limit', params.limit, 100, 1_000)
  const selection = selectionOf(params, sources.limits)
  const rows = await rowsFor(sources, selection, wallKind.name, undefined, undefined)
  const sums = new Map<bigint, Sum>()
  let missingProfiles = 0
  for await (const { profile } of readRows(sources, rows, () => missingProfiles++)) {
    addProfile(profile, params, sums)
  }
  const wanted = [...sums]
    .filter(([id]) => id !== 0n)
    .sort(([, a], [, b]) => b.wallNanos - a.wallNanos)
    .slice(0, limit)
  const found = await sources.profiles.spans({
    spanIds: wanted.map(([id]) => id),
    fromMs: Math.max(0, selection.fromMs - maxSpanMs),
    toMs: selection.toMs,
    limit,
  })
  const spans = found.map((span) => ({ span: spanInfo(span), ...(sums.get(span.spanId) as Sum) }))
  const outside = sums.get(0n)?.wallNanos ?? 0
  const unknown = wanted.filter(([id]) => !found.some(({ spanId }) => spanId === id))
  return {
    spans: spans.sort((a, b) => b.wallNanos - a.wallNanos),
    otherNanos: unknown.reduce((sum, [, { wallNanos }]) => sum + wallNanos, outside),
    profiles: rows.length - missingProfiles,
    missingProfiles,
  }
}

function addProfile(profile: Profile, wanted: { name: string; file?: string }, sums: Map<bigint, Sum>): void {
  const { frames, stackStart, stackFrames, ofSample } = functionStacks(profile)
  const isAsked = frames.map((frame) => isFunction(frame, wanted))
  const hasIt = Array.from({ length: stackStart.length - 1 }, (_, stack) =>
    stackFrames.subarray(stackStart[stack], stackStart[stack + 1]).some((frame) => isAsked[frame]),
  )
  if (!hasIt.includes(true)) return
  const [wall, cpu] = [valueColumn(profile, 'wall'), valueColumn(profile, 'cpu')]
  const roots = labelColumn(profile, labelNames.rootSpan)
  const own = labelColumn(profile, labelNames.span)
  for (let sample = 0; sample < profile.samples.count; sample++) {
    if (!hasIt[ofSample[sample] as number]) continue
    const root = roots[sample] as number
    const label = root >= 0 ? root : (own[sample] as number)
    const id = label < 0 ? 0n : labelId(profile, label)
    const sum = sums.get(id) ?? { wallNanos: 0, cpuNanos: 0, samples: 0 }
    sum.wallNanos += wall?.[sample] ?? 0
    sum.cpuNanos += cpu?.[sample] ?? 0
    sum.samples++
    sums.set(id, sum)
  }
}
