import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FlameCanvas } from '../flame/flame-canvas'
import { formatPercent } from '../flame/format'
import { type Found, search } from '../flame/search'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'
import { ExportMenu } from './export-menu'
import { Icon } from './icon'
import { save } from './save'

interface Props {
  tree: CallTree
  canvas: Signal<FlameCanvas | undefined>
  /** Of a comparison there is one way of colouring. */
  isDiff?: boolean
}

/** How the picture looks, and what is looked for in it. */
export function FlameTools({ tree, canvas, isDiff = false }: Props) {
  const find = param('find')
  const found = search(tree, find)
  return (
    <div class="tools">
      <Segments
        name="shape"
        label="Shape"
        usual="icicle"
        options={[
          ['icicle', 'Icicle'],
          ['flame', 'Flame'],
          ['inverted', 'Inverted'],
        ]}
      />
      {!isDiff && (
        <Segments
          name="by"
          label="Colour by"
          usual="origin"
          options={[
            ['origin', 'Origin'],
            ['package', 'Package'],
          ]}
        />
      )}
      <Toggle name="flat" text="Flatten recursion" />
      <Find find={find} found={found} whole={tree.total[0] ?? 0} isDiff={isDiff} />
      <button
        type="button"
        class="icon"
        aria-label="Save as PNG"
        title="Save as PNG"
        onClick={async () => save(await canvas.value?.png(), 'flame-graph.png')}
      >
        <Icon name="download" />
      </button>
      {!isDiff && <ExportMenu />}
    </div>
  )
}

interface SegmentsProps {
  name: string
  label: string
  usual: string
  options: readonly (readonly [value: string, text: string])[]
}

/** One of a few, kept in the address. */
export function Segments({ name, label, usual, options }: SegmentsProps) {
  const value = param(name) || usual
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map(([option, text]) => (
        // biome-ignore lint/a11y/useSemanticElements: a row of buttons, one of which is pressed, is what it looks like.
        <button
          type="button"
          key={option}
          role="radio"
          aria-checked={option === value}
          onClick={() =>
            change(
              { [name]: option === usual ? undefined : option, at: undefined, x: undefined },
              { replace: true },
            )
          }
        >
          {text}
        </button>
      ))}
    </div>
  )
}

export function Toggle({ name, text, isOn = false }: { name: string; text: string; isOn?: boolean }) {
  const value = param(name)
  const on = value === '' ? isOn : value === '1'
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={on}
        onChange={() =>
          change(
            { [name]: on === isOn ? (isOn ? '0' : '1') : undefined, at: undefined, x: undefined },
            { replace: true },
          )
        }
      />
      {text}
    </label>
  )
}

function Find({
  find,
  found,
  whole,
  isDiff,
}: {
  find: string
  found: Found | undefined
  whole: number
  isDiff: boolean
}) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, select, textarea')
      if (event.key !== '/' || isTyping) return
      event.preventDefault()
      input.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <div class="find">
      <span class="find-input">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label="Find functions or files"
          placeholder="Find  /"
          spellcheck={false}
          value={find}
          onInput={(event) => change({ find: event.currentTarget.value }, { replace: true })}
        />
      </span>
      {found && (
        <output class="found">
          {found.functions === 0
            ? 'nothing found'
            : isDiff
              ? `${found.functions} functions`
              : `${formatPercent(found.self / whole)} self, ${formatPercent(found.total / whole)} total of the whole`}
        </output>
      )}
    </div>
  )
}
