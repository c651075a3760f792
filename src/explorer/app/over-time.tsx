import type { Metrics } from '../../pprof/answers'
import { filter, isFiltered, measured, selection } from '../url/chosen'
import { param } from '../url/location'
import { range, stepMsOf } from '../url/time'
import { Shown } from './states'
import { useQuery } from './use-query'
import { chartSteps, VersionLines } from './version-lines'
import { useVersionMarks } from './version-marks'

/** The measure of a selection over its range, a line for each version; dragging chooses that time. Asked for with `over=1`. */
export function OverTime() {
  return param('over') === '1' ? <Wanted /> : null
}

function Wanted() {
  const stepMs = stepMsOf(range.value, chartSteps)
  const answer = useQuery<Metrics>('metrics', {
    ...selection.value,
    ...measured.value,
    ...{ per: 'second', groupBy: ['version'], endpoint: filter.value.endpoint, stepMs },
  })
  const marks = useVersionMarks(stepMs)
  return (
    <div class="panel over-time">
      <Shown answer={answer}>
        {(metrics) => (
          <VersionLines metrics={metrics} marks={marks} none="Nothing was measured in this range.">
            Per second of process time, by version.
            {isFiltered.value && ' Of the filters only that of an endpoint holds here.'}
          </VersionLines>
        )}
      </Shown>
    </div>
  )
}
