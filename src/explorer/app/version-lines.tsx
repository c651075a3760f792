import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Metrics } from '../../pprof/answers'
import { Chart } from '../charts/chart'
import type { TimeSeries } from '../charts/draw'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'

/** Steps of a chart over the width of the page, at most. */
export const chartSteps = 120
const maxSeries = 7

interface Props {
  metrics: Metrics
  marks?: TimeSeries['marks'] | undefined
  /** Said where there is nothing to draw. */
  none: string
  /** Said below: what is drawn. */
  children?: ComponentChildren
}

/** Totals over time of an answer by version, a line for each. */
export function VersionLines({
  metrics: { groups, timesMs, stepMs, measure },
  marks,
  none,
  children,
}: Props) {
  const series = useMemo(
    () =>
      groups
        .slice(0, maxSeries)
        .map(({ by, total }) => ({ name: shown(by[0] || 'no version', 40), values: total })),
    [groups],
  )
  if (series.length === 0) return <p class="faint">{none}</p>
  return (
    <>
      <Chart series={series} timesMs={timesMs} unit={measure.unit} {...(marks && { marks })} />
      <p class="faint small">
        One point for {formatValue(stepMs * 1e6, 'nanoseconds')}. {children}
        {marks?.length ? ' A dashed line is the first profile of a version.' : ''} Drag over a part to choose
        that time.
        {groups.length > maxSeries && ` ${groups.length - maxSeries} more versions are not drawn.`}
      </p>
    </>
  )
}
