import { CodedError } from '../../pprof/errors'
import { invalid } from '../query/params'
import type { QuerySource } from '../query-source'
import type { Reply } from '../receive/protocol'
import { Querier } from './service'

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const steps = 120

/**
 * Pyroscope's older address, `GET /pyroscope/render?query=process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="shop"}&from=now-1h`: a flame
 * graph and a time line in one. Rejects with CodedError.
 */
export async function render(queries: QuerySource | undefined, query: string): Promise<Reply> {
  if (queries === undefined) throw new CodedError('store_unavailable')
  const params = new URLSearchParams(query)
  const [, profileTypeID = '', labelSelector = ''] =
    /^([^{]*)(\{[\s\S]*\})?$/.exec(params.get('query') ?? params.get('name') ?? '') ?? []
  if (profileTypeID === '') invalid('query', 'is no <profile type>{<labels>}')
  const format = params.get('format') ?? 'json'
  if (format !== 'json') invalid('format', 'is not json')
  const nowMs = Date.now()
  const [start, end] = [
    timeMs('from', params.get('from') ?? 'now-1h', nowMs),
    timeMs('until', params.get('until') ?? 'now', nowMs),
  ]
  const maxNodes = params.get('maxNodes') ?? params.get('max-nodes') ?? '0'
  if (!/^\d{1,7}$/.test(maxNodes)) invalid('maxNodes', 'is not a whole number')
  const selected = {
    ...{ profileTypeID, profile_typeID: '', labelSelector, stackTraceSelector: undefined },
    ...{ start: BigInt(start), end: BigInt(end), maxNodes: BigInt(maxNodes) },
  }
  const querier = new Querier(queries)
  const { flamegraph } = await querier.selectMergeStacktraces(selected)
  const step = Math.max(60, Math.ceil((end - start) / steps / 60_000) * 60)
  const asked = { ...selected, groupBy: [], step, aggregation: 0, limit: 0n }
  const points = (await querier.selectSeries(asked)).series[0]?.points ?? []
  const samples = new Array<number>(Math.ceil((end - start) / step / 1_000)).fill(0)
  for (const { timestamp, value } of points)
    samples[Math.floor((Number(timestamp) - start) / step / 1_000)] = value
  const [name = '', , unit = ''] = profileTypeID.split(':')
  return {
    status: 200,
    body: {
      version: 1,
      flamebearer: {
        names: flamegraph.names,
        levels: flamegraph.levels.map(({ values }) => values.map(Number)),
        numTicks: Number(flamegraph.total),
        maxSelf: Number(flamegraph.maxSelf),
      },
      metadata: {
        ...{ format: 'single', spyName: '', name },
        sampleRate: unit === 'nanoseconds' ? 1_000_000_000 : 1,
        units: unit === 'nanoseconds' ? 'samples' : unit === 'bytes' ? 'bytes' : 'objects',
      },
      timeline: { startTime: Math.floor(start / 1_000), samples, durationDelta: step },
    },
  }
}

/** `now`, `now-30m`, or a time since 1970 in seconds or milliseconds. */
function timeMs(field: string, text: string, nowMs: number): number {
  const [, count, unit] = /^now(?:-(\d{1,6})([smhdw]))?$/.exec(text) ?? []
  if (text === 'now') return nowMs
  if (count !== undefined && unit !== undefined) return nowMs - Number(count) * (unitsMs[unit] as number)
  if (!/^\d{9,13}$/.test(text)) invalid(field, 'is no time')
  return text.length > 10 ? Number(text) : Number(text) * 1_000
}
