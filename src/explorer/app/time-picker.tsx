import { change, place } from '../url/location'
import { formatRange, isLive, now, range, spans, usualSpan } from '../url/time'

/** Up to now, or a range that stays. */
export function TimePicker() {
  const fixed = !isLive.value
  const { fromMs, toMs } = range.value
  const asked = place.value.params.get('t')
  // Of an address that somebody wrote: what is not known is the usual one, as the range is.
  const name = fixed ? 'fixed' : (spans.find((span) => span.name === asked)?.name ?? usualSpan)
  const choose = (next: string) => {
    now.value = Date.now()
    if (next === 'fixed') change({ t: undefined, from: String(fromMs), to: String(toMs) })
    else change({ t: next === usualSpan ? undefined : next, from: undefined, to: undefined })
  }
  return (
    <div class="time">
      {!fixed && (
        <span class="live" title="New uploads appear by themselves">
          live
        </span>
      )}
      <select aria-label="Time range" value={name} onChange={(event) => choose(event.currentTarget.value)}>
        {spans.map((span) => (
          <option key={span.name} value={span.name}>
            {span.text}
          </option>
        ))}
        <option value="fixed">{fixed ? formatRange(fromMs, toMs) : 'Keep this range'}</option>
      </select>
    </div>
  )
}
