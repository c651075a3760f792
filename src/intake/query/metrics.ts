import { CodedError } from '../../pprof/errors'
import { checkFunction } from './call-graph'
import { checkGroupBy, invalid, measuredValue, selectionOf } from './params'
import type { Sources } from './queries'
import type { Metrics, MetricsParams } from './types'
import { scaleOf } from './weighted-stacks'

const minStepMs = 60_000
const maxSteps = 10_000

/** A value over time by tags or endpoint, of everything or of one function. */
export async function metrics(sources: Sources, params: MetricsParams): Promise<Metrics> {
  const selection = selectionOf(params, sources.limits)
  const { kind, index } = measuredValue(params)
  const { per = 'total', stepMs, endpoint } = params
  const groupBy = checkGroupBy(params.groupBy)
  if (params.function) checkFunction(params.function)
  if (!Number.isFinite(stepMs) || stepMs < minStepMs)
    invalid('stepMs', `is not a number of milliseconds from ${minStepMs} on`)
  const steps = Math.ceil((selection.toMs - selection.fromMs) / stepMs)
  if (steps > maxSteps) {
    throw new CodedError('query_too_large', { actual: steps, unit: 'steps', limit: maxSteps, knob: 'stepMs' })
  }
  const points = await sources.profiles.series({
    ...selection,
    ...{ kind: kind.name, stepMs, groupBy },
    ...(endpoint !== undefined && { endpoint }),
    ...(params.function && { frame: params.function }),
  })
  const value = kind.values[index] as (typeof kind.values)[number]
  const timesMs = Array.from({ length: steps }, (_, i) => selection.fromMs + i * stepMs)
  const groups = new Map<string, Metrics['groups'][number]>()
  for (const point of points) {
    const key = JSON.stringify(point.group)
    const group = groups.get(key) ?? {
      by: point.group,
      self: timesMs.map(() => null),
      total: timesMs.map(() => null),
    }
    groups.set(key, group)
    const step = Math.round((point.timeMs - selection.fromMs) / stepMs)
    const scale = scaleOf({ ...point, profiles: 1 }, value.gauge, per, 0)
    group.self[step] = (point.self[index] as number) * scale
    group.total[step] = (point.total[index] as number) * scale
  }
  return {
    measure: {
      ...{ kind: kind.name, value: value.name, unit: value.unit, gauge: value.gauge, per, source: 'rollups' },
      values: kind.values.map(({ name, unit, gauge }) => ({ name, unit, gauge })),
    },
    stepMs,
    timesMs,
    groups: [...groups.values()],
  }
}
