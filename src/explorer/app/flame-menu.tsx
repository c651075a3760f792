import type { Signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Pointed } from '../flame/elements'
import type { Picture } from '../flame/picture'
import { shown } from '../flame/text'
import { frameOf } from '../flame/tree'
import { kept } from '../url/chosen'
import { change, go, hrefOf } from '../url/location'

export interface MenuPlace extends Pointed {
  x: number
  y: number
}

interface Props {
  picture: Picture
  menu: Signal<MenuPlace | undefined>
  isDiff: boolean
  onZoom(node: number): void
}

/** What can be done with a frame. */
export function FlameMenu({ picture, menu, isDiff, onZoom }: Props) {
  const element = useRef<HTMLDivElement>(null)
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
  const items: [text: string, act: () => void][] = [
    ['Zoom to it', () => onZoom(place.node)],
    ['Highlight it everywhere', () => change({ find: name })],
    ['Callers and callees', () => go(hrefOf('/explore', kept(), { tab: 'sandwich', fn: name, file }))],
    ['Cost over time', () => go(hrefOf('/functions', kept(), { fn: name, file }))],
    ['Endpoints that run it', () => go(hrefOf('/endpoints', kept(), { function: name }))],
    ['Traces that run it', () => go(hrefOf('/traces', kept(), { function: name }))],
    ...(isDiff
      ? []
      : ([['Only stacks with it', () => change({ function: name, at: undefined, x: undefined })]] as [
          string,
          () => void,
        ][])),
    ['Copy its name', () => void navigator.clipboard?.writeText(name)],
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
        top: `${Math.min(place.y, innerHeight - 320)}px`,
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
