import { useEffect, useState } from 'preact/hooks'
import { shown } from '../flame/text'
import { kept } from '../url/chosen'
import { change, hrefOf, param } from '../url/location'
import { withValue } from '../url/selector'
import { type SideName, shifts, sides, versionOf, versionsCompared } from '../url/sides'
import { formatTime } from '../url/time'
import { Icon } from './icon'

/** Both sides of a comparison, and the usual ones at one click. */
export function SideRows({ versions }: { versions: string[] }) {
  const q = param('q')
  const [older, newer] = versions.slice(-2)
  const { a, b } = sides.value
  const none = { 'a.q': undefined, 'b.q': undefined, 'b.shift': undefined }
  const swapped = { 'a.q': b.q, 'b.q': a.q, 'a.shift': b.shift, 'b.shift': a.shift }
  return (
    <div class="sides">
      <SideRow name="a" text="A" versions={versions} />
      <SideRow name="b" text="B" versions={versions} />
      <div class="presets">
        {older !== undefined && newer !== undefined && (
          <button type="button" onClick={() => change(versionsCompared(q, older, newer))}>
            Previous version
          </button>
        )}
        <button type="button" onClick={() => change({ ...none, 'a.shift': 'before' })}>
          Previous period
        </button>
        <button type="button" onClick={() => change({ ...none, 'a.shift': 'day' })}>
          Yesterday
        </button>
        <button
          type="button"
          class="icon"
          aria-label="Swap A and B"
          title="Swap A and B"
          onClick={() => change(swapped)}
        >
          <Icon name="swap" />
        </button>
      </div>
    </div>
  )
}

function SideRow({ name, text, versions }: { name: SideName; text: string; versions: string[] }) {
  const side = sides.value[name]
  const [query, setQuery] = useState(side.q)
  useEffect(() => setQuery(side.q), [side.q])
  const version = versionOf(side) ?? ''
  const setSide = (q: string) => change({ [`${name}.q`]: q })
  const open = { q: side.q, t: undefined, from: String(side.fromMs), to: String(side.toMs) }
  return (
    <div class={`side side-${name}`}>
      <span class="side-name">{text}</span>
      <select
        aria-label={`Version of ${text}`}
        value={version}
        onChange={(event) => setSide(withValue(side.q, 'version', event.currentTarget.value || undefined))}
      >
        <option value="">All versions</option>
        {[...new Set([...versions, ...(version === '' ? [] : [version])])].map((one) => (
          <option key={one} value={one}>
            {shown(one, 40)}
          </option>
        ))}
      </select>
      <form
        class="query"
        onSubmit={(event) => {
          event.preventDefault()
          change({ [`${name}.q`]: query.trim() })
        }}
      >
        <input
          type="text"
          aria-label={`Query of ${text}`}
          placeholder="all profiles"
          spellcheck={false}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </form>
      <select
        aria-label={`Time of ${text}`}
        value={side.shift}
        onChange={(event) => change({ [`${name}.shift`]: event.currentTarget.value })}
      >
        {shifts.map((shift) => (
          <option key={shift.name} value={shift.name}>
            {shift.text}
          </option>
        ))}
      </select>
      <span class="faint side-time">
        {formatTime(side.fromMs)} – {formatTime(side.toMs)}
      </span>
      <a class="quiet" href={hrefOf('/explore', kept(), open)}>
        Open {text}
      </a>
    </div>
  )
}
