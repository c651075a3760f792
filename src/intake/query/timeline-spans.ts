import type { ProfileStore, SpanQuery } from '../store/profile-store'
import { maxProfileMs } from './raw-profiles'
import { spanInfo } from './spans'
import type { SpanInfo } from './types'

const maxSpans = 10_000
const maxEarlier = 1_000

/** Spans in a time, by start. Where there are more than can be told, the shortest are left out. */
export async function timelineSpans(
  profiles: ProfileStore,
  selector: NonNullable<SpanQuery['selector']>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<{ spans: SpanInfo[]; isCut: boolean }> {
  const longest = (from: number, to: number, limit: number) =>
    profiles.spans({ selector, fromMs: from, toMs: to, orderBy: 'duration', limit })
  // What began before and reaches into the time is long: many short ones before it must not take its place.
  const earlier = await longest(Math.max(0, fromMs - maxProfileMs), fromMs, maxEarlier)
  const own = await longest(fromMs, toMs, maxSpans + 1)
  const spans = [...earlier, ...own.slice(0, maxSpans)]
    .map(spanInfo)
    .filter(({ startMs, durationMs }) => startMs + durationMs > fromMs)
    .sort((a, b) => a.startMs - b.startMs)
  return { spans, isCut: own.length > maxSpans }
}
