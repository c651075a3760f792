import type { Signal } from '@preact/signals'
import { useContext, useLayoutEffect, useRef } from 'preact/hooks'
import type { Pointed } from '../flame/elements'
import { windowOf } from '../flame/layout'
import type { Picture } from '../flame/picture'
import { shown } from '../flame/text'
import { frameOf, markOf } from '../flame/tree'
import { kept } from '../url/chosen'
import { change, go, hrefOf, param } from '../url/location'
import { LocalFile, useFrameHref, useSandwichHref } from './local-file'
import type { TimeScale } from './ruler'
import { droppedNames, hiddenNames } from './shape'

export interface MenuPlace extends Pointed {
  x: number
  y: number
}

interface Props {
  picture: Picture
  menu: Signal<MenuPlace | undefined>
  isDiff: boolean
  onZoom(node: number): void
  time: TimeScale | undefined
}

const add = (names: string[], name: string) => [...new Set([...names, name])].join('\n')

type Item = [text: string, act: () => void]

/** What can be done with a frame. */
export function FlameMenu({ picture, menu, isDiff, onZoom, time }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const isLocal = useContext(LocalFile)
  const frameHref = useFrameHref()
  const sandwichHref = useSandwichHref()
  const place = menu.value
  useLayoutEffect(() => {
    if (!place) return
    const close = () => {
      menu.value = undefined
    }
    const onDown = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) close()
    }
    element.current?.querySelector('button')?.focus()
    addEventListener('pointerdown', onDown, true)
    addEventListener('blur', close)
    return () => {
      removeEventListener('pointerdown', onDown, true)
      removeEventListener('blur', close)
    }
  }, [place])
  if (!place || (picture.tree.frame[place.node] as number) < 0) return null
  const { name, file } = frameOf(picture.tree, place.node)
  const span = time?.spans.get(picture.tree.frame[place.node] as number)
  // What stands for a file or a package is no function.
  const isFunction = markOf(picture.tree, place.node) === 'function' && param('merge') === ''
  const moment: Item[] = [
    ['Zoom to it', () => onZoom(place.node)],
    ...(time
      ? [['Choose its time for all views', () => time.onSelect(windowOf(picture.layout, place.node))] as Item]
      : []),
  ]
  const spanItems: Item[] = span
    ? [
        ['Open its trace', () => go(hrefOf(`/trace/${span.traceId}`, {}, { span: span.spanId }))],
        ['Only samples of its trace', () => change({ traceId: span.traceId, tab: undefined, x: undefined })],
      ]
    : []
  const functionItems: Item[] = [
    ['Highlight it everywhere', () => change({ find: name })],
    ['Callers and callees', () => go(sandwichHref({ name, file }))],
    ...(isLocal
      ? []
      : [
          ['Cost over time', () => go(frameHref({ name, file }))] as Item,
          ['Endpoints that run it', () => go(hrefOf('/endpoints', kept(), { function: name }))] as Item,
          ['Traces that run it', () => go(hrefOf('/traces', kept(), { function: name }))] as Item,
          ...(file === ''
            ? []
            : [
                [
                  'Lines of its file',
                  () => go(hrefOf('/explore', kept(), { tab: 'source', fn: name, file })),
                ] as Item,
              ]),
        ]),
    ...(time
      ? []
      : [
          ['Hide its frames', () => change({ hide: add(hiddenNames(), name), at: undefined })] as Item,
          ['Hide stacks with it', () => change({ drop: add(droppedNames(), name), at: undefined })] as Item,
        ]),
    ...(isDiff || time || isLocal
      ? []
      : [['Only stacks with it', () => change({ function: name, at: undefined, x: undefined })] as Item]),
  ]
  const items: Item[] = [
    ...moment,
    ...spanItems,
    ...(isFunction ? functionItems : []),
    ['Copy its name', () => void navigator.clipboard?.writeText(name).catch(() => {})],
  ]
  const act = (run: () => void) => {
    menu.value = undefined
    run()
  }
  const move = (event: KeyboardEvent) => {
    const buttons = [...(element.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    if (event.key === 'Escape') menu.value = undefined
    else if (event.key === 'ArrowDown') buttons[(at + 1) % buttons.length]?.focus()
    else if (event.key === 'ArrowUp') buttons[(at + buttons.length - 1) % buttons.length]?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      class="menu"
      role="menu"
      tabIndex={-1}
      ref={element}
      onKeyDown={move}
      style={{
        left: `${Math.min(place.x, innerWidth - 240)}px`,
        top: `${Math.min(place.y, innerHeight - 48 - 32 * items.length)}px`,
      }}
    >
      <div class="menu-title">{shown(name, 60)}</div>
      {items.map(([text, run]) => (
        <button type="button" role="menuitem" key={text} onClick={() => act(run)}>
          {text}
        </button>
      ))}
    </div>
  )
}
