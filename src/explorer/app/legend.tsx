import { useMemo } from 'preact/hooks'
import { type ColourBy, colourEntries, paletteOf } from '../flame/colours'
import { shown } from '../flame/text'
import { type CallTree, type Mark, marks, origins } from '../flame/tree'
import { originTexts } from './frame-name'
import { isDark } from './theme'

export function Legend() {
  return (
    <ul class="legend" aria-label="Colours">
      <Origins />
    </ul>
  )
}

function Origins() {
  return (
    <>
      {origins.map((origin) => (
        <li key={origin}>
          <span class={`dot origin-${origin}`} />
          {originTexts[origin]}
        </li>
      ))}
    </>
  )
}

/** What the colours of a picture mean, for the groups that weigh most. */
export function LegendOf({ by, tree }: LegendProps) {
  return by === 'origin' ? <Legend /> : <Groups by={by} tree={tree} />
}

interface LegendProps {
  by: ColourBy
  tree: CallTree
}

function Groups({ by, tree }: LegendProps) {
  const entries = useMemo(() => colourEntries(tree, by).slice(0, maxEntries), [tree, by])
  const { fills } = paletteOf(by, isDark.value)
  return (
    <ul class="legend" aria-label="Colours">
      {entries.map(({ name, colour }) => (
        <li key={name}>
          <span class="dot" style={{ background: fills[colour] ?? '' }} />
          {shown(name, 40)}
        </li>
      ))}
    </ul>
  )
}

const maxEntries = 12

const markTexts: Partial<Record<Mark, string>> = {
  span: 'Span',
  'failed span': 'Failed span',
  busy: 'Busy for 100 ms and more, and other events',
}

/** Of a picture over time: what is drawn of it beside functions, and these by origin. */
export function TimeLegend({ tree }: { tree: CallTree }) {
  const { fills } = paletteOf('origin', isDark.value)
  const drawn = useMemo(() => new Set(tree.rows?.mark), [tree])
  return (
    <ul class="legend" aria-label="Colours">
      {marks.map((mark, at) =>
        drawn.has(at) && markTexts[mark] ? (
          <li key={mark}>
            <span class="dot" style={{ background: fills[origins.length + at] ?? '' }} />
            {markTexts[mark]}
          </li>
        ) : null,
      )}
      <Origins />
    </ul>
  )
}

export function ChangeLegend() {
  return (
    <ul class="legend" aria-label="Colours">
      <li>
        <span class="dot change-less" />
        less in B
      </li>
      <li>
        <span class="dot change-same" />
        the same
      </li>
      <li>
        <span class="dot change-more" />
        more in B
      </li>
    </ul>
  )
}
