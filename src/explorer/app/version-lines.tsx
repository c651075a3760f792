import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Metrics } from '../../pprof/answers'
import { Chart } from '../charts/chart'
import type { TimeSeries } from '../charts/draw'
import { firstStep } from '../charts/first-step'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { formatTime } from '../url/time'

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
  const { start, times, series } = useMemo(() => {
    const drawn = groups.slice(0, maxSeries)
    // With one step before it: a single value would stand at the edge.
    const start = Math.max(0, firstStep(drawn.map(({ total }) => total)) - 1)
    return {
      start,
      times: timesMs.slice(start),
      series: drawn.map(({ by, total }) => ({
        name: shown(by[0] || 'no version', 40),
        values: total.slice(start),
      })),
    }
  }, [groups, timesMs])
  if (series.length === 0) return <p class="faint">{none}</p>
  return (
    <>
      <Chart series={series} timesMs={times} unit={measure.unit} {...(marks && { marks })} />
      <p class="faint small">
        {stepMs === 60_000
          ? 'One point a minute.'
          : `One point for ${formatValue(stepMs * 1e6, 'nanoseconds')}.`}
        {start > 0 && ` Nothing before ${formatTime(times[1] as number)}.`} {children}
        {marks?.length ? ' A dashed line is the first profile of a version.' : ''} Drag over a part to choose
        that time.
        {groups.length > maxSeries && ` ${groups.length - maxSeries} more versions are not drawn.`}
      </p>
    </>
  )
}
