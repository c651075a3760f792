import type { Palette } from './colours'
import type { Layout } from './layout'
import type { Found } from './search'
import type { Span } from './visible'

/** All that a picture depends on. */
export interface Scene {
  layout: Layout
  span: Span
  palette: Palette
  colours: Uint8Array
  found: Found | undefined
  /** Name of a node as it is shown. */
  label(node: number): string
  rowHeight: number
  /** Pixels of the whole picture's height above what is shown, and the height shown. */
  top: number
  height: number
  /** The root at the bottom. */
  upwards: boolean
}

export const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif'

/** Boxes narrower than this have no text. */
export const minTextPixels = 28
export const padding = 4

/** Y of a level in what is shown. */
export function yOf({ layout, rowHeight, top, upwards }: Scene, level: number): number {
  return (upwards ? layout.levels - 1 - level : level) * rowHeight - top
}

/** The level at a Y; may be none of the layout's. */
export function levelAt({ layout, rowHeight, top, upwards }: Scene, y: number): number {
  const row = Math.floor((y + top) / rowHeight)
  return upwards ? layout.levels - 1 - row : row
}

/** Of a box or a run, and of the text on it. Over time a run is short, and the one in its middle stands for it; elsewhere it stands for nobody. */
export function coloursOf(
  { layout, span, palette, colours, found }: Pick<Scene, 'layout' | 'span' | 'palette' | 'colours' | 'found'>,
  first: number,
  last: number,
): { fill: string; ink: string } {
  if (found && !hasMatch(layout, found, first, last)) return { fill: palette.faded, ink: palette.fadedText }
  const colour = colours[layout.node[(first + last) >>> 1] as number] as number
  const ink = palette.texts[colour] as string
  if (last === first || (!found && span.runPixels !== undefined))
    return { fill: palette.fills[colour] as string, ink }
  return { fill: found ? palette.match : palette.run, ink }
}

function hasMatch(layout: Layout, found: Found, first: number, last: number): boolean {
  for (let at = first; at <= last; at++) if (found.nodes[layout.node[at] as number]) return true
  return false
}

/** As much of a text as fits, by the width of the whole. */
export function fitted(text: string, pixels: number, measure: (text: string) => number): string {
  const whole = measure(text)
  if (whole <= pixels) return text
  const chars = Math.floor((text.length * pixels) / whole) - 1
  return chars < 2 ? '' : `${text.slice(0, chars)}…`
}
