import { useLayoutEffect, useState } from 'preact/hooks'
import { shown } from '../flame/text'
import { kept } from '../url/chosen'
import { change, hrefOf, param } from '../url/location'
import { withValue } from '../url/selector'
import {
  clearSide,
  clearSides,
  type SideName,
  shifts,
  sides,
  swapSides,
  versionOf,
  versionsCompared,
} from '../url/sides'
import { formatRange } from '../url/time'
import { Icon } from './icon'

/** Both sides of a comparison, and the usual ones at one click. */
export function SideRows({ versions }: { versions: string[] }) {
  const q = param('q')
  const [older, newer] = versions.slice(-2)
  return (
    <div class="sides">
      {(['a', 'b'] as const).map((name) => (
        <SideRow key={name} name={name} text={name.toUpperCase()} versions={versions} />
      ))}
      <div class="presets">
        {older !== undefined && newer !== undefined && (
          <button type="button" onClick={() => change(versionsCompared(q, older, newer))}>
            Previous version
          </button>
        )}
        <button type="button" onClick={() => change({ ...clearSides, 'a.shift': 'before' })}>
          Previous period
        </button>
        <button type="button" onClick={() => change({ ...clearSides, 'a.shift': 'day' })}>
          Yesterday
        </button>
        <button
          type="button"
          class="icon"
          aria-label="Swap A and B"
          title="Swap A and B"
          onClick={() => change(swapSides())}
        >
          <Icon name="swap" />
        </button>
      </div>
    </div>
  )
}

interface SideRowProps {
  name: SideName
  text: string
  versions: string[]
}

function SideRow({ name, text, versions }: SideRowProps) {
  const side = sides.value[name]
  const range = { t: undefined, from: String(side.fromMs), to: String(side.toMs) }
  const open = { q: side.q, ...range, profile: side.profile }
  return (
    <div class={`side side-${name}`}>
      <span class="side-name">{text}</span>
      {side.profile === '' ? (
        <Selected name={name} text={text} versions={versions} />
      ) : (
        <button
          type="button"
          class="chip"
          title="All profiles of the selection again"
          onClick={() => change(clearSide(name))}
        >
          one profile
          <Icon name="close" />
        </button>
      )}
      <span class="faint side-time">{formatRange(side.fromMs, side.toMs)}</span>
      <a class="quiet" href={hrefOf('/explore', kept(), open)}>
        Open {text}
      </a>
    </div>
  )
}

function Selected({ name, text, versions }: SideRowProps) {
  const side = sides.value[name]
  const [query, setQuery] = useState(side.q)
  useLayoutEffect(() => setQuery(side.q), [side.q])
  const version = versionOf(side) ?? ''
  const setSide = (q: string) => change({ [`${name}.q`]: q })
  return (
    <>
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
    </>
  )
}
