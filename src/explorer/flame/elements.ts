import type { Window } from './layout'

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
  /** Another part is drawn, of the width and of the height. */
  onSeen(seen: Seen): void
  /** The person chose this part: dragging then chooses, and does not move. */
  onSelect?(window: Window): void
}

/** What part of a picture is drawn; `top` and `bottom` from 0 to 1. */
export interface Seen extends Window {
  top: number
  bottom: number
}

/** Elements that the engine draws in: a scrolling one, in it one of the picture's whole height, in that two canvases of what is seen. */
export interface Elements {
  scroller: HTMLElement
  sizer: HTMLElement
  base: HTMLCanvasElement
  overlay: HTMLCanvasElement
}
