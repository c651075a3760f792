import type { Metrics } from '../../pprof/answers'
import { filter, measured, selection } from '../url/chosen'
import { param } from '../url/location'
import { range, stepMsOf } from '../url/time'
import { Shown } from './states'
import { useQuery } from './use-query'
import { chartSteps, VersionLines } from './version-lines'

/** The measure of a selection over its range, a line for each version; dragging chooses that time. Asked for with `over=1`. */
export function OverTime() {
  const isWanted = param('over') === '1'
  const answer = useQuery<Metrics>(
    'metrics',
    isWanted
      ? {
          ...selection.value,
          ...measured.value,
          ...{ per: 'second', groupBy: ['version'], endpoint: filter.value.endpoint },
          stepMs: stepMsOf(range.value, chartSteps),
        }
      : undefined,
  )
  if (!isWanted) return null
  return (
    <div class="panel over-time">
      <Shown answer={answer}>
        {(metrics) => (
          <VersionLines metrics={metrics} none="Nothing was measured in this range.">
            Per second of process time, by version. Of the filters only that of an endpoint holds here.
          </VersionLines>
        )}
      </Shown>
    </div>
  )
}
