import type { Elements, Events, Pointed, Seen } from './elements'
import { heaviestHidden, staysIn } from './in-sight'
import { nextNode } from './keys'
import { type Window, windowOf } from './layout'
import { textMeasure } from './measure-text'
import { paint, paintBand, paintOutline } from './paint'
import { type Picture, runsOf } from './picture'
import { pngOf } from './png'
import { font, levelAt, type Scene, yOf } from './scene'
import { svgOf } from './svg'
import { boxAt } from './visible'

export const rowHeight = 20
const animationMs = 140

/** Draws a picture, and tells what is asked of it. `listen` of flame-input.ts is the person at it. */
export class FlameCanvas {
  readonly #elements: Elements
  readonly #events: Events
  readonly #base: CanvasRenderingContext2D
  readonly #overlay: CanvasRenderingContext2D
  readonly #measure: (text: string) => number
  readonly #observer: ResizeObserver
  #picture: Picture | undefined
  #window: Window = { from: 0, to: 1 }
  #animation: { from: Window; to: Window; startMs: number } | undefined
  #pointed: Pointed | undefined
  #band: Window | undefined
  #seen: Seen = { from: 0, to: 0, top: 0, bottom: 0 }
  #focus = 0
  #frame = 0
  #size = { width: 0, height: 0 }

  constructor(elements: Elements, events: Events) {
    this.#elements = elements
    this.#events = events
    this.#base = elements.base.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
    this.#overlay = elements.overlay.getContext('2d') as CanvasRenderingContext2D
    this.#measure = textMeasure(this.#base)
    this.#observer = new ResizeObserver(() => this.#resize())
    this.#observer.observe(elements.scroller)
  }

  /**
   * Draws from now on this picture, with the keyboard on a node of it. The root of one that grows upwards is shown first; what a search
   * found is brought into sight.
   */
  show(picture: Picture, focus: number): void {
    const before = this.#picture
    const isNew = before?.tree !== picture.tree || before.upwards !== picture.upwards
    if (isNew) {
      const { scroller, sizer } = this.#elements
      const scene = this.#scene()
      const stays = before !== undefined && scene !== undefined && staysIn(before, scene, picture)
      const fromEnd = scroller.scrollHeight - scroller.scrollTop
      const { scrollTop } = scroller
      this.#pointed = undefined
      this.#focus = focus
      sizer.style.height = `${picture.layout.levels * rowHeight}px`
      if (picture.upwards) scroller.scrollTop = scroller.scrollHeight - (stays ? fromEnd : 0)
      else scroller.scrollTop = stays ? scrollTop : 0
    }
    this.#picture = picture
    if (isNew && focus > 0) this.#reveal(focus)
    if (picture.find !== before?.find) this.#revealFound()
    this.redraw()
  }

  #revealFound(): void {
    const scene = this.#scene()
    if (!this.#picture || !scene) return
    const heaviest = heaviestHidden(this.#picture, scene, (node) => this.#isSeen(node))
    if (heaviest !== undefined) this.#reveal(heaviest)
  }

  /** Shows a part of the width; smoothly, unless the person does not want things to move. */
  zoom(window: Window, node: number | undefined): void {
    this.#animation = undefined
    if (window.from === this.#window.from && window.to === this.#window.to) return
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    this.#animation = { from: this.#window, to: window, startMs: isStill ? 0 : performance.now() }
    if (node !== undefined) this.#reveal(node)
    this.redraw()
  }

  windowOf(node: number): Window {
    return windowOf((this.#picture as Picture).layout, node)
  }

  get picture(): Picture | undefined {
    return this.#picture
  }

  get window(): Window {
    return this.#window
  }

  get focus(): number {
    return this.#focus
  }

  /** Pixels. */
  get width(): number {
    return this.#size.width
  }

  /** Where a box's lower left corner is, in the pixels of the overlay. */
  cornerOf(node: number): { x: number; y: number } {
    const scene = this.#scene()
    const { from, to } = this.#window
    const part = Math.max(0, (this.windowOf(node).from - from) / (to - from))
    return { x: part * this.width, y: scene ? yOf(scene, scene.layout.level[node] as number) + rowHeight : 0 }
  }

  /** All rows at the width that is seen; rows that no PNG can hold are left out. */
  png(): Promise<Blob | null> {
    const scene = this.#scene()
    return scene ? pngOf(scene, this.#measure) : Promise.resolve(null)
  }

  /** All rows at the width that is seen. */
  svg(): Blob | undefined {
    const scene = this.#scene()
    return scene && new Blob([svgOf(scene, this.#measure)], { type: 'image/svg+xml' })
  }

  close(): void {
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
      span: { from: from * whole, to: to * whole, pixels: width, ...runsOf(picture) },
    }
  }

  /** Draws with the next frame. */
  redraw(): void {
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
      } else this.redraw()
    }
    const scene = this.#scene()
    if (scene === undefined) {
      this.#base.clearRect(0, 0, this.#size.width, this.#size.height)
      return
    }
    this.#base.font = font
    paint(this.#base, scene, this.#measure)
    this.#drawOverlay(scene)
    this.#tellSeen()
  }

  #tellSeen(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#elements.scroller
    const seen = {
      ...this.#window,
      top: scrollTop / scrollHeight,
      bottom: (scrollTop + clientHeight) / scrollHeight,
    }
    const known = this.#seen
    if (seen.from === known.from && seen.to === known.to)
      if (seen.top === known.top && seen.bottom === known.bottom) return
    this.#seen = seen
    this.#events.onSeen(seen)
  }

  #drawOverlay(scene: Scene): void {
    this.#overlay.clearRect(0, 0, this.#size.width, this.#size.height)
    if (this.#band) paintBand(this.#overlay, scene, this.#band)
    if (this.#pointed) paintOutline(this.#overlay, scene, this.#pointed, [])
    const isFocused = document.activeElement === this.#elements.overlay
    if (isFocused && this.#focus > 0)
      paintOutline(this.#overlay, scene, { node: this.#focus, count: 1 }, [4, 2])
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#elements.scroller
    if (width === this.#size.width && height === this.#size.height) return
    const isFirst = this.#size.width === 0
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
    if (isFirst) this.#revealFound()
    // At once: a canvas is empty after its size was set.
    cancelAnimationFrame(this.#frame)
    this.#drawNow()
  }

  /** The box or run at a place of the overlay. */
  pointedAt({ offsetX, offsetY }: MouseEvent): Pointed | undefined {
    const scene = this.#scene()
    if (!scene) return undefined
    const found = boxAt(scene.layout, levelAt(scene, offsetY), scene.span, offsetX)
    if (!found) return undefined
    const { first, last } = found
    const total = (scene.layout.right[last] as number) - (scene.layout.left[first] as number)
    return { node: scene.layout.node[first] as number, count: last - first + 1, total }
  }

  /** Frames what is pointed at. */
  point(pointed: Pointed | undefined): void {
    if (pointed?.node === this.#pointed?.node && pointed?.count === this.#pointed?.count) return
    this.#pointed = pointed
    this.#events.onPoint(pointed)
    const scene = this.#scene()
    if (scene) this.#drawOverlay(scene)
  }

  /** Asks for the part of the width that a box or run has. */
  zoomTo({ node, count }: Pointed): void {
    const { layout } = this.#picture as Picture
    const from = this.windowOf(node).from
    const last = layout.node[(layout.place[node] as number) + count - 1] as number
    this.#events.onZoom({ from, to: this.windowOf(last).to }, count === 1 ? node : undefined)
  }

  /** Makes the part that is shown smaller (below 1) or larger around a place on it. */
  scaleAround(factor: number, place: number): void {
    const { from, to } = this.#window
    const fixed = from + (to - from) * place
    const width = Math.min(1, Math.max(1e-9, (to - from) * factor))
    this.moveTo({ from: fixed - width * place, to: fixed + width * (1 - place) })
  }

  /** Moves by so much of what is shown. */
  panBy(part: number): void {
    const width = this.#window.to - this.#window.from
    this.moveTo({ from: this.#window.from + part * width, to: this.#window.to + part * width })
  }

  /** Shows this part at once. */
  moveTo(wanted: Window): void {
    const width = Math.min(1, wanted.to - wanted.from)
    const from = Math.min(1 - width, Math.max(0, wanted.from))
    this.#animation = undefined
    this.#window = { from, to: from + width }
    this.#events.onZoom(this.#window, undefined)
    this.redraw()
  }

  /** Marks a part of the width. */
  mark(band: Window | undefined): void {
    this.#band = band
    const scene = this.#scene()
    if (scene) this.#drawOverlay(scene)
  }

  /** The part of the picture's width at a pixel, 0 to 1. */
  partAt(x: number): number {
    const { from, to } = this.#window
    return Math.min(1, Math.max(0, from + (x / this.#size.width) * (to - from)))
  }

  /** Shows another part of the height; 0 to 1. */
  scrollTo(top: number): void {
    const { scroller } = this.#elements
    scroller.scrollTop = top * scroller.scrollHeight
  }

  /** Takes the keyboard to the heaviest of what a search found. */
  walkToFound(): void {
    const next = this.#picture && nextNode(this.#picture, 0, 'n')
    if (next === undefined) return
    this.#elements.overlay.focus()
    this.walkTo(next)
  }

  /** Gives a box the keyboard's focus. */
  walkTo(node: number): void {
    this.#focus = node
    this.#reveal(node)
    // A box that is out of sight, or too small to be seen, is brought into it.
    if (node > 0 && !this.#isSeen(node))
      this.zoomTo({ node: (this.#picture as Picture).tree.parent[node] as number, count: 1, total: 0 })
    this.#events.onFocus(node)
    this.redraw()
  }

  #isSeen(node: number): boolean {
    // Keys come before the first size is known.
    if (this.#size.width === 0) return true
    const { from, to } = this.windowOf(node)
    const shown = this.#window
    return from < shown.to && to > shown.from && (to - from) * this.#size.width >= (shown.to - shown.from) * 2
  }

  #reveal(node: number): void {
    const scene = this.#scene()
    if (!scene) return
    const y = yOf({ ...scene, top: 0 }, scene.layout.level[node] as number)
    const { scroller } = this.#elements
    const { scrollTop, clientHeight } = scroller
    if (y < scrollTop || y + rowHeight > scrollTop + clientHeight) scroller.scrollTop = y - clientHeight / 2
  }
}
