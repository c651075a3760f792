import type { Loss, Losses as LossesAnswer } from '../../pprof/answers'
import { useQuery } from '../app/use-query'
import { shown } from '../flame/text'
import { formatAgo, formatTime, now, range } from '../url/time'

/** What the intake refused or lost; nothing where it kept all. */
export function Losses() {
  const { data } = useQuery<LossesAnswer>('losses', { ...range.value })
  if (data === undefined || data.losses.length === 0) return null
  return (
    <div class="panel losses">
      <h2>Not kept</h2>
      <ul aria-label="Not kept">
        {data.losses.map((loss) => (
          <li key={loss.name}>
            <span class="tag">{loss.count.toLocaleString('en-US')}</span>
            <span>
              {what(loss)} {shown(loss.reason, 400)}{' '}
              <span class="faint">
                {loss.isRetried && 'The senders were told to try again. '}
                {since(loss)}. {knobOf(loss)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <p class="faint small">Counted since the intake started, {formatTime(data.sinceMs)}.</p>
    </div>
  )
}

function what({ name, unit }: Loss): string {
  if (name.startsWith('refused.')) return `${unit} refused.`
  return name.startsWith('rejected.') ? `${unit} left out of uploads.` : unit
}

function since({ count, firstMs, lastMs }: Loss): string {
  const last = formatAgo(lastMs, now.value)
  return count === 1 ? last : `since ${formatTime(firstMs)}, last ${last}`
}

function knobOf({ knob }: Loss) {
  if (knob === '') return null
  return <code>{knob.startsWith('limits.') ? `--limit ${knob.slice(7)}=…` : knob}</code>
}
