import type { Measure } from '../../pprof/answers'
import { formatCount, formatValue } from '../flame/format'

/** What stands behind a picture: nothing is left out in silence. */
export function Coverage({
  measure,
  total,
  cutNodes = 0,
}: {
  measure: Measure
  total: number
  cutNodes?: number
}) {
  const per = measure.per === 'total' ? '' : ` per ${measure.per}`
  const parts = [
    ...covered(measure),
    ...(cutNodes > 0 ? [`${cutNodes.toLocaleString('en-US')} small nodes summed up`] : []),
    ...(measure.missingProfiles > 0 ? [`${measure.missingProfiles} profiles expired or unreadable`] : []),
  ]
  return (
    <p class="coverage">
      <b>
        {formatValue(total, measure.unit)}
        {per}
      </b>{' '}
      {parts.join(' · ')}
    </p>
  )
}

function covered({ profiles, processSeconds, requests }: Measure): string[] {
  return [
    `${formatCount(profiles, 'profile')} merged`,
    `${formatValue(processSeconds * 1e9, 'nanoseconds')} of process time`,
    ...(requests > 0 ? [`${Math.round(requests).toLocaleString('en-US')} requests`] : []),
  ]
}
