import { nextNode } from './keys'
import { font, textMeasure } from './measure-text'
import { levelAt, paint, type Scene, yOf } from './paint'
import type { Picture } from './picture'
import { boxAt } from './visible'

export const rowHeight = 20
const maxPngPixels = 16_384
const animationMs = 140

/** Part of the width that is shown, 0 to 1. */
export interface Window {
  from: number
  to: number
}

/** One box, or a run of small ones: `count` is above 1 then, and `node` the first. */
export interface Pointed {
  node: number
  count: number
  /** What all of them weigh. */
  total: number
}

export interface Events {
  /** Undefined where the pointer is on none. */
  onPoint(pointed: Pointed | undefined): void
  /** The person wants to see this part; `node` where it is a box's. */
  onZoom(window: Window, node: number | undefined): void
  onBack(): void
  onMenu(pointed: Pointed, x: number, y: number): void
  /** The keyboard's box. */
  onFocus(node: number): void
}

/** Elements that the engine draws in: a scrolling one, in it one of the picture's whole height, in that two canvases of what is seen. */
export interface Elements {
  scroller: HTMLElement
  sizer: HTMLElement
  base: HTMLCanvasElement
  overlay: HTMLCanvasElement
}

/** Where the pointer went down, and what was seen then. */
interface Drag {
  x: number
  y: number
  window: Window
  top: number
  moved: boolean
}

/** Draws a picture, and tells what a person does with it. */
export class FlameCanvas {
  readonly #elements: Elements
  readonly #events: Events
  readonly #base: CanvasRenderingContext2D
  readonly #overlay: CanvasRenderingContext2D
  readonly #measure: (text: string) => number
  readonly #observer: ResizeObserver
  readonly #aborted = new AbortController()
  #picture: Picture | undefined
  #window: Window = { from: 0, to: 1 }
  #animation: { from: Window; to: Window; startMs: number } | undefined
  #pointed: Pointed | undefined
  #focus = 0
  #frame = 0
  #size = { width: 0, height: 0 }
  #drag: Drag | undefined

  constructor(elements: Elements, events: Events) {
    this.#elements = elements
    this.#events = events
    this.#base = elements.base.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    this.#overlay = elements.overlay.getContext('2d') as CanvasRenderingContext2D
    this.#measure = textMeasure(this.#base)
    this.#observer = new ResizeObserver(() => this.#resize())
    this.#observer.observe(elements.scroller)
    this.#listen()
  }

  /** Draws from now on this picture. The root of one that grows upwards is shown first. */
  show(picture: Picture): void {
    const isNew = this.#picture?.tree !== picture.tree || this.#picture.upwards !== picture.upwards
    this.#picture = picture
    if (isNew) {
      this.#pointed = undefined
      this.#focus = 0
      this.#elements.sizer.style.height = `${picture.layout.levels * rowHeight}px`
      this.#elements.scroller.scrollTop = picture.upwards ? this.#elements.scroller.scrollHeight : 0
    }
    this.#draw()
  }

  /** Shows a part of the width; smoothly, unless the person does not want things to move. */
  zoom(window: Window, node: number | undefined): void {
    if (window.from === this.#window.from && window.to === this.#window.to) return
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.#animation = { from: this.#window, to: window, startMs: isStill ? 0 : performance.now() }
    if (node !== undefined) this.#reveal(node)
    this.#draw()
  }

  windowOf(node: number): Window {
    const { layout } = this.#picture as Picture
    const at = layout.place[node] as number
    const { left, right, width } = layout
    return { from: (left[at] as number) / width, to: (right[at] as number) / width }
  }

  /** All rows at the width that is seen; rows that no PNG can hold are left out. */
  png(): Promise<Blob | null> {
    const canvas = document.createElement('canvas')
    const ratio = devicePixelRatio
    const whole = (this.#picture?.layout.levels ?? 0) * rowHeight
    const height = Math.min(whole, Math.floor(maxPngPixels / ratio))
    canvas.width = Math.floor(this.#size.width * ratio)
    canvas.height = Math.floor(height * ratio)
    const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    context.scale(ratio, ratio)
    context.font = font
    const scene = this.#scene()
    if (scene) paint(context, { ...scene, top: scene.upwards ? whole - height : 0, height }, this.#measure)
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
  }

  close(): void {
    this.#aborted.abort()
    this.#observer.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  #scene(): Scene | undefined {
    const picture = this.#picture
    const { width, height } = this.#size
    if (!picture || width === 0 || picture.layout.width === 0) return undefined
    const { from, to } = this.#window
    const whole = picture.layout.width
    return {
      ...picture,
      ...{ rowHeight, height, top: this.#elements.scroller.scrollTop },
      span: { from: from * whole, to: to * whole, pixels: width },
    }
  }

  #draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawNow())
  }

  #drawNow(): void {
    this.#frame = 0
    if (this.#animation) {
      const { from, to, startMs } = this.#animation
      const part = Math.min(1, (performance.now() - startMs) / animationMs)
      const eased = 1 - (1 - part) ** 3
      this.#window = {
        from: from.from + (to.from - from.from) * eased,
        to: from.to + (to.to - from.to) * eased,
      }
      if (part === 1) {
        this.#window = to
        this.#animation = undefined
      } else this.#draw()
    }
    const scene = this.#scene()
    if (scene === undefined) {
      this.#base.clearRect(0, 0, this.#size.width, this.#size.height)
      return
    }
    this.#base.font = font
    paint(this.#base, scene, this.#measure)
    this.#drawOverlay(scene)
  }

  /** Frames around what is pointed at and what has the keyboard's focus: the boxes below them are not drawn again. */
  #drawOverlay(scene: Scene): void {
    const context = this.#overlay
    context.clearRect(0, 0, this.#size.width, this.#size.height)
    const outline = (node: number, count: number, dash: number[]) => {
      const { layout, span } = scene
      const scale = span.pixels / (span.to - span.from)
      const at = layout.place[node] as number
      const x0 = Math.max(1, ((layout.left[at] as number) - span.from) * scale)
      const x1 = Math.min(span.pixels - 1, ((layout.right[at + count - 1] as number) - span.from) * scale)
      if (x1 < 0 || x0 > span.pixels) return
      context.setLineDash(dash)
      context.lineWidth = 1.5
      context.strokeStyle = scene.palette.focus
      const y = yOf(scene, layout.level[node] as number)
      context.strokeRect(x0 - 0.25, y + 0.25, Math.max(2, x1 - x0 - 0.5), rowHeight - 1.5)
    }
    if (this.#pointed) outline(this.#pointed.node, this.#pointed.count, [])
    if (document.activeElement === this.#elements.overlay && this.#focus > 0) outline(this.#focus, 1, [4, 2])
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#elements.scroller
    if (width === this.#size.width && height === this.#size.height) return
    this.#size = { width, height }
    for (const context of [this.#base, this.#overlay]) {
      const { canvas } = context
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
      context.scale(devicePixelRatio, devicePixelRatio)
    }
    const { scroller } = this.#elements
    if (this.#picture?.upwards && this.#focus === 0) scroller.scrollTop = scroller.scrollHeight
    // At once: a canvas is empty after its size was set.
    cancelAnimationFrame(this.#frame)
    this.#drawNow()
  }

  #at({ offsetX, offsetY }: MouseEvent): Pointed | undefined {
    const scene = this.#scene()
    if (!scene) return undefined
    const found = boxAt(scene.layout, levelAt(scene, offsetY), scene.span, offsetX)
    if (!found) return undefined
    const { first, last } = found
    const total = (scene.layout.right[last] as number) - (scene.layout.left[first] as number)
    return { node: scene.layout.node[first] as number, count: last - first + 1, total }
  }

  #point(pointed: Pointed | undefined): void {
    if (pointed?.node === this.#pointed?.node && pointed?.count === this.#pointed?.count) return
    this.#pointed = pointed
    this.#events.onPoint(pointed)
    const scene = this.#scene()
    if (scene) this.#drawOverlay(scene)
  }

  #zoomTo({ node, count }: Pointed): void {
    const { layout } = this.#picture as Picture
    const from = this.windowOf(node).from
    const last = layout.node[(layout.place[node] as number) + count - 1] as number
    this.#events.onZoom({ from, to: this.windowOf(last).to }, count === 1 ? node : undefined)
  }

  /** Makes the part that is shown smaller (below 1) or larger around a place on it. */
  #scaleAround(factor: number, place: number): void {
    const { from, to } = this.#window
    const fixed = from + (to - from) * place
    const width = Math.min(1, Math.max(1e-9, (to - from) * factor))
    this.#move({ from: fixed - width * place, to: fixed + width * (1 - place) })
  }

  #pan(part: number): void {
    const width = this.#window.to - this.#window.from
    this.#move({ from: this.#window.from + part * width, to: this.#window.to + part * width })
  }

  #move(wanted: Window): void {
    const width = Math.min(1, wanted.to - wanted.from)
    const from = Math.min(1 - width, Math.max(0, wanted.from))
    this.#animation = undefined
    this.#window = { from, to: from + width }
    this.#events.onZoom(this.#window, undefined)
    this.#draw()
  }

  #setFocus(node: number): void {
    this.#focus = node
    this.#reveal(node)
    const { from, to } = this.windowOf(node)
    // A box that is out of sight, or too small to be seen, is brought into it.
    const isSeen = from < this.#window.to && to > this.#window.from
    if (!isSeen || (to - from) * this.#size.width < (this.#window.to - this.#window.from) * 2) {
      this.#zoomTo({ node: (this.#picture as Picture).tree.parent[node] as number, count: 1, total: 0 })
    }
    this.#events.onFocus(node)
    this.#draw()
  }

  #reveal(node: number): void {
    const scene = this.#scene()
    if (!scene) return
    const y = yOf({ ...scene, top: 0 }, scene.layout.level[node] as number)
    const { scroller } = this.#elements
    const { scrollTop, clientHeight } = scroller
    if (y < scrollTop || y + rowHeight > scrollTop + clientHeight) scroller.scrollTop = y - clientHeight / 2
  }

  #listen(): void {
    const { overlay, scroller } = this.#elements
    const { signal } = this.#aborted
    const on = <T extends keyof HTMLElementEventMap>(
      target: HTMLElement,
      type: T,
      listener: (event: HTMLElementEventMap[T]) => void,
    ) => target.addEventListener(type, listener, { signal, passive: false })
    on(scroller, 'scroll', () => this.#draw())
    on(overlay, 'pointerleave', () => this.#point(undefined))
    on(overlay, 'pointermove', (event) => {
      if (this.#drag) this.#dragTo(event)
      else this.#point(this.#at(event))
    })
    on(overlay, 'pointerdown', (event) => {
      if (event.button !== 0) return
      overlay.setPointerCapture(event.pointerId)
      const { clientX: x, clientY: y } = event
      this.#drag = { x, y, window: this.#window, top: scroller.scrollTop, moved: false }
    })
    on(overlay, 'pointerup', (event) => {
      const drag = this.#drag
      this.#drag = undefined
      overlay.style.cursor = ''
      if (event.button !== 0 || !drag || drag.moved) return
      const pointed = this.#at(event)
      if (pointed) this.#zoomTo(pointed)
    })
    on(overlay, 'pointercancel', () => {
      this.#drag = undefined
    })
    on(overlay, 'contextmenu', (event) => {
      const pointed = this.#at(event)
      if (!pointed) return
      event.preventDefault()
      this.#events.onMenu(pointed, event.clientX, event.clientY)
    })
    on(overlay, 'wheel', (event) => {
      const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      if (event.ctrlKey || event.metaKey) {
        this.#scaleAround(Math.exp(event.deltaY / 300), event.offsetX / this.#size.width)
      } else if (isPan) this.#pan((event.deltaX || event.deltaY) / this.#size.width)
      else return
      event.preventDefault()
    })
    on(overlay, 'focus', () => this.#draw())
    on(overlay, 'blur', () => this.#draw())
    on(overlay, 'keydown', (event) => this.#key(event))
  }

  #dragTo(event: PointerEvent): void {
    const drag = this.#drag as Drag
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
    if (!drag.moved && Math.abs(dx) + Math.abs(dy) < 4) return
    drag.moved = true
    this.#elements.overlay.style.cursor = 'grabbing'
    const part = (-dx / this.#size.width) * (drag.window.to - drag.window.from)
    this.#elements.scroller.scrollTop = drag.top - dy
    if (drag.window.to - drag.window.from < 1)
      this.#move({ from: drag.window.from + part, to: drag.window.to + part })
  }

  #key(event: KeyboardEvent): void {
    const picture = this.#picture
    if (!picture || event.altKey || event.metaKey || event.ctrlKey) return
    const next = nextNode(picture, this.#focus, event.key)
    const small = { node: this.#focus, count: 1, total: picture.tree.total[this.#focus] as number }
    if (next !== undefined) this.#setFocus(next)
    else if (event.key === 'Enter' || event.key === ' ') this.#zoomTo(small)
    else if (event.key === 'Escape' || event.key === 'Backspace') this.#events.onBack()
    else if (event.key === '0') this.#events.onZoom({ from: 0, to: 1 }, 0)
    else if (event.key === '+' || event.key === '=') this.#scaleAround(0.7, 0.5)
    else if (event.key === '-') this.#scaleAround(1 / 0.7, 0.5)
    else if (event.key === 'm' || event.key === 'ContextMenu') this.#keyMenu(small)
    else return
    event.preventDefault()
  }

  #keyMenu(small: Pointed): void {
    const scene = this.#scene()
    if (!scene) return
    const box = this.#elements.overlay.getBoundingClientRect()
    const { from } = this.windowOf(small.node)
    const part = Math.max(0, (from - this.#window.from) / (this.#window.to - this.#window.from))
    const y = yOf(scene, scene.layout.level[small.node] as number) + rowHeight
    this.#events.onMenu(small, box.left + part * this.#size.width, box.top + y)
  }
}
