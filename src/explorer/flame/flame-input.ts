import type { Elements, Events } from './elements'
import type { FlameCanvas } from './flame-canvas'
import { nextNode } from './keys'
import type { Window } from './layout'

/** Where the pointer went down, and what was seen then. */
interface Drag {
  x: number
  y: number
  window: Window
  top: number
  moved: boolean
}

/** A pointer that moves less is one that clicks. */
const clickPixels = 4
const keyZoom = 0.7
/** Of the wheel, for a zoom by e. */
const wheelPixels = 300

/** What pointer, wheel and keys do to a canvas, until the signal. */
export function listen(
  canvas: FlameCanvas,
  { overlay, scroller }: Elements,
  events: Events,
  signal: AbortSignal,
): void {
  let drag: Drag | undefined
  const between = (start: Drag, clientX: number): Window => {
    const { left } = overlay.getBoundingClientRect()
    const ends = [canvas.partAt(start.x - left), canvas.partAt(clientX - left)] as const
    return { from: Math.min(...ends), to: Math.max(...ends) }
  }
  const on = <T extends keyof HTMLElementEventMap>(
    target: HTMLElement,
    type: T,
    listener: (event: HTMLElementEventMap[T]) => void,
  ) => target.addEventListener(type, listener, { signal, passive: false })
  on(scroller, 'scroll', () => canvas.redraw())
  on(overlay, 'focus', () => canvas.redraw())
  on(overlay, 'blur', () => canvas.redraw())
  on(overlay, 'keydown', (event) => {
    if (press(canvas, overlay, events, event)) event.preventDefault()
  })
  on(overlay, 'pointerleave', () => canvas.point(undefined))
  on(overlay, 'pointerdown', (event) => {
    if (event.button !== 0) return
    overlay.setPointerCapture(event.pointerId)
    const { clientX: x, clientY: y } = event
    drag = { x, y, window: canvas.window, top: scroller.scrollTop, moved: false }
  })
  on(overlay, 'pointermove', (event) => {
    if (!drag) return canvas.point(canvas.pointedAt(event))
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
    if (!drag.moved && Math.abs(dx) + Math.abs(dy) < clickPixels) return
    drag.moved = true
    if (events.onSelect) return canvas.mark(between(drag, event.clientX))
    overlay.style.cursor = 'grabbing'
    scroller.scrollTop = drag.top - dy
    const { from, to } = drag.window
    const part = (-dx / canvas.width) * (to - from)
    if (to - from < 1) canvas.moveTo({ from: from + part, to: to + part })
  })
  on(overlay, 'pointerup', (event) => {
    const ended = drag
    drag = undefined
    overlay.style.cursor = ''
    if (event.button !== 0 || !ended) return
    if (ended.moved) return events.onSelect?.(between(ended, event.clientX))
    const pointed = canvas.pointedAt(event)
    if (pointed) canvas.zoomTo(pointed)
  })
  on(overlay, 'pointercancel', () => {
    drag = undefined
  })
  on(overlay, 'contextmenu', (event) => {
    const pointed = canvas.pointedAt(event)
    if (!pointed) return
    event.preventDefault()
    events.onMenu(pointed, event.clientX, event.clientY)
  })
  on(overlay, 'wheel', (event) => {
    const { deltaX, deltaY, shiftKey } = event
    if (event.ctrlKey || event.metaKey) {
      canvas.scaleAround(Math.exp(deltaY / wheelPixels), event.offsetX / canvas.width)
    } else if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
      canvas.panBy((deltaX || deltaY) / canvas.width)
    } else return
    event.preventDefault()
  })
}

/** True where the key does something. */
function press(canvas: FlameCanvas, overlay: HTMLElement, events: Events, event: KeyboardEvent): boolean {
  const { picture, focus } = canvas
  const { key } = event
  if (!picture || event.altKey || event.metaKey || event.ctrlKey) return false
  const next = nextNode(picture, focus, key)
  const focused = { node: focus, count: 1, total: picture.tree.total[focus] as number }
  if (next !== undefined) canvas.walkTo(next)
  else if (key === 'Enter' || key === ' ') canvas.zoomTo(focused)
  else if (key === 'Escape' || key === 'Backspace') events.onBack()
  else if (key === '0') events.onZoom({ from: 0, to: 1 }, 0)
  else if (key === '+' || key === '=') canvas.scaleAround(keyZoom, 0.5)
  else if (key === '-') canvas.scaleAround(1 / keyZoom, 0.5)
  else if (key === 's' && events.onSelect) events.onSelect(canvas.windowOf(focus))
  else if (key === 'm' || key === 'ContextMenu') {
    const box = overlay.getBoundingClientRect()
    const { x, y } = canvas.cornerOf(focus)
    events.onMenu(focused, box.left + x, box.top + y)
  } else return false
  return true
}
