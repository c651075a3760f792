import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FlameCanvas } from '../flame/flame-canvas'
import { formatPercent } from '../flame/format'
import { type Found, search } from '../flame/search'
import { shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'
import { ExportMenu } from './export-menu'
import { Icon } from './icon'
import { save } from './save'
import { droppedNames, hiddenNames } from './shape'

interface Props {
  tree: CallTree
  canvas: Signal<FlameCanvas | undefined>
  /** Of a comparison there is one way of colouring. */
  isDiff?: boolean
  /** The data can be asked for by thread. */
  hasThreads?: boolean
}

/** How the picture looks, and what is looked for in it. */
export function FlameTools({ tree, canvas, isDiff = false, hasThreads = false }: Props) {
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
        <Choice
          name="by"
          label="Colour by"
          usual="origin"
          options={[
            ['origin', 'Colour by origin'],
            ['package', 'Colour by package'],
            ...(hasThreads ? [['thread', 'Split by thread'] as const] : []),
          ]}
        />
      )}
      <Choice
        name="merge"
        label="Merge by"
        usual=""
        options={[
          ['', 'Each function'],
          ['file', 'Merge by file'],
          ['package', 'Merge by package'],
        ]}
      />
      <Toggle name="flat" text="Flatten recursion" />
      <Toggle name="own" text="Only my code" />
      <Hidden />
      <div class="tools-end">
        <Find
          find={find}
          found={found}
          whole={tree.total[0] ?? 0}
          isDiff={isDiff}
          onEnter={() => canvas.value?.walkToFound()}
        />
        <button
          type="button"
          class="icon"
          aria-label="Save as PNG"
          title="Save as PNG"
          onClick={async () => save(await canvas.value?.png(), 'flame-graph.png')}
        >
          <Icon name="download" />
        </button>
        <button
          type="button"
          class="icon"
          aria-label="Save as SVG"
          title="Save as SVG, which can be scaled and searched"
          onClick={() => save(canvas.value?.svg(), 'flame-graph.svg')}
        >
          <Icon name="svg" />
        </button>
        {!isDiff && <ExportMenu />}
      </div>
    </div>
  )
}

/** What is left out of the picture is said, each with a way back. */
function Hidden() {
  const chips = [
    ...hiddenNames().map((name) => ['hide', name, 'frames hidden'] as const),
    ...droppedNames().map((name) => ['drop', name, 'stacks hidden'] as const),
  ]
  const without = (of: 'hide' | 'drop', name: string) =>
    (of === 'hide' ? hiddenNames() : droppedNames()).filter((one) => one !== name).join('\n')
  return (
    <>
      {chips.map(([of, name, text]) => (
        <button
          type="button"
          class="chip"
          key={`${of} ${name}`}
          title="Show it again"
          onClick={() => change({ [of]: without(of, name) })}
        >
          {text}: {shown(name, 40)}
          <Icon name="close" />
        </button>
      ))}
    </>
  )
}

/** One of a few, kept in the address. */
function Choice({ name, label, usual, options }: SegmentsProps) {
  return (
    <select
      aria-label={label}
      value={param(name) || usual}
      onChange={(event) => {
        const { value } = event.currentTarget
        change(
          { [name]: value === usual ? undefined : value, at: undefined, x: undefined },
          { replace: true },
        )
      }}
    >
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </select>
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
  onEnter,
}: {
  find: string
  found: Found | undefined
  whole: number
  isDiff: boolean
  onEnter(): void
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
          title="Enter goes to the heaviest of what is found; N and P then to the next and the previous"
          onInput={(event) => change({ find: event.currentTarget.value }, { replace: true })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onEnter()
          }}
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
