import { useMemo } from 'preact/hooks'
import type { Metrics } from '../../pprof/answers'
import { Chart } from '../charts/chart'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { filter, measured, selection } from '../url/chosen'
import { param } from '../url/location'
import { range } from '../url/time'
import { Shown } from './states'
import { useQuery } from './use-query'

const minStepMs = 60_000
const steps = 120
const maxSeries = 7

/** The measure of a selection over its range, a line for each version; dragging chooses that time. Asked for with `over=1`. */
export function OverTime() {
  const { fromMs, toMs } = range.value
  const isWanted = param('over') === '1'
  const answer = useQuery<Metrics>(
    'metrics',
    isWanted
      ? {
          ...selection.value,
          ...measured.value,
          ...{ per: 'second', groupBy: ['version'], endpoint: filter.value.endpoint },
          stepMs: Math.max(minStepMs, Math.ceil((toMs - fromMs) / steps / minStepMs) * minStepMs),
        }
      : undefined,
  )
  if (!isWanted) return null
  return (
    <div class="panel over-time">
      <Shown answer={answer}>{(metrics) => <Lines metrics={metrics} />}</Shown>
    </div>
  )
}

function Lines({ metrics: { groups, timesMs, stepMs, measure } }: { metrics: Metrics }) {
  const series = useMemo(
    () =>
      groups
        .slice(0, maxSeries)
        .map(({ by, total }) => ({ name: shown(by[0] || 'no version', 40), values: total })),
    [groups],
  )
  if (series.length === 0) return <p class="faint">Nothing was measured in this range.</p>
  return (
    <>
      <Chart series={series} timesMs={timesMs} unit={measure.unit} />
      <p class="faint small">
        Per second of process time, by version; one point for {formatValue(stepMs * 1e6, 'nanoseconds')}. Drag
        over a part to choose that time. Of the filters only that of an endpoint holds here.
        {groups.length > maxSeries && ` ${groups.length - maxSeries} more versions are not drawn.`}
      </p>
    </>
  )
}
