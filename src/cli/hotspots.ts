import type { Hotspots } from '../pprof/answers'
import { scale } from '../pprof/top-text'
import { rangeText } from './nothing'
import { readArguments } from './options'
import { Refusal } from './refusal'
import { missing, percent, placeOf, table } from './table'

/** `hotspots <trace or span id>`: where the time inside the spans of a trace, or one span, went. */
export async function hotspots(argv: readonly string[]): Promise<string[]> {
  const { client, positionals, range, limit, json } = readArguments(argv)
  const [id, ...rest] = positionals
  if (id === undefined || rest.length > 0) throw new Refusal('expected: hotspots <trace or span id>')
  const which = id.length === 32 ? { traceId: id } : { spanId: id }
  const found = await client.json<Hotspots>('hotspots', { ...which, ...range, limit })
  if (json) return [JSON.stringify(found)]
  if (found.spans.length === 0) throw new Refusal(`there are no spans of ${id} ${rangeText(range)}`)
  const { spans, durationNanos, wallNanos, cpuNanos, notOnCpuNanos } = found
  const show = scale('nanoseconds', Math.max(durationNanos, wallNanos))
  const sums = [
    [show(durationNanos), '', `duration of ${spans.length} span${spans.length === 1 ? '' : 's'}`],
    [show(wallNanos), percent(wallNanos, durationNanos), `wall, in ${found.samples} samples`],
    [show(cpuNanos), percent(cpuNanos, durationNanos), 'on CPU'],
    [show(notOnCpuNanos), percent(notOnCpuNanos, durationNanos), 'not on CPU'],
  ]
  const origins = Object.entries(found.origins)
    .filter(([, { wallNanos, cpuNanos }]) => wallNanos + cpuNanos > 0)
    .map(([origin, { wallNanos, cpuNanos }]) => [show(cpuNanos), show(wallNanos), origin])
  const functions = found.functions.map(({ frame, ...sums }) => {
    const { selfCpuNanos, selfWallNanos, totalCpuNanos, totalWallNanos } = sums
    return [
      ...[selfCpuNanos, selfWallNanos, totalCpuNanos, totalWallNanos].map(show),
      frame.name,
      placeOf(frame),
    ]
  })
  const lines = found.lines.map(({ frame, line, selfCpuNanos, selfWallNanos }) => {
    return [show(selfCpuNanos), show(selfWallNanos), frame.name, placeOf({ ...frame, line })]
  })
  return [
    ...table(sums, 2),
    ...missing(found),
    '',
    ...table([['cpu', 'wall', 'code'], ...origins], 2),
    '',
    ...table([['self cpu', 'self wall', 'cpu', 'wall', 'function', 'file'], ...functions], 4),
    '',
    ...table([['self cpu', 'self wall', 'function', 'executing line'], ...lines], 2),
  ]
}
