import type { Insight, Insights as InsightsAnswer } from '../../pprof/answers'
import { useQuery } from '../app/use-query'
import { formatPercent, formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { change, param } from '../url/location'
import { range } from '../url/time'

const shownFirst = 6
const minuteMs = 60_000

/** What stands out, each with the view that proves it. */
export function Insights() {
  const { fromMs, toMs } = range.value
  // They cost the intake more than other answers, and a minute changes little.
  const minute = (ms: number) => Math.ceil(ms / minuteMs) * minuteMs
  const answer = useQuery<InsightsAnswer>('insights', { q: '', fromMs: minute(fromMs), toMs: minute(toMs) })
  const { data } = answer
  if (answer.error) return null
  if (data === undefined)
    return (
      <div class="panel insights">
        <h2>Insights</h2>
        <p class="faint">Looking into the newest profiles …</p>
      </div>
    )
  const isAll = param('insights') === 'all'
  const list = isAll ? data.insights : data.insights.slice(0, shownFirst)
  return (
    <div class="panel insights">
      <h2>Insights</h2>
      {list.length === 0 ? (
        <p class="faint">None of the rules found anything in this range.</p>
      ) : (
        <ul>
          {list.map((insight) => (
            <li key={`${insight.rule}\n${insight.service}\n${insight.text}`}>
              <span class={`tag ${insight.severity === 'high' ? 'bad' : ''}`}>{figure(insight)}</span>
              <a href={hrefOfLink(insight.link)}>{shown(insight.text, 400)}</a>
            </li>
          ))}
        </ul>
      )}
      <p class="faint small">
        {data.insights.length > shownFirst && (
          <button
            type="button"
            class="quiet"
            onClick={() => change({ insights: isAll ? undefined : 'all' }, { replace: true })}
          >
            {isAll ? 'Show fewer' : `Show all ${data.insights.length}`}
          </button>
        )}{' '}
        {data.rawProfiles.toLocaleString('en-US')} of the newest profiles were looked into.
        {data.otherServices > 0 &&
          ` ${data.otherServices.toLocaleString('en-US')} services with less CPU time were not.`}
      </p>
    </div>
  )
}

/** An empty parameter is kept: `endpoint=` is what is outside of any. */
function hrefOfLink({ path, params }: Insight['link']): string {
  return `${path}?${new URLSearchParams(params)}`
}

function figure({ figure: { value, unit }, rule }: Insight): string {
  if (unit === 'share') return `${rule === 'request-cost' ? '+' : ''}${formatPercent(value)}`
  return `${unit === 'bytes' ? '+' : ''}${formatValue(value, unit)}`
}
