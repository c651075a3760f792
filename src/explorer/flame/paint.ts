import { coloursOf, fitted, levelAt, minTextPixels, padding, type Scene, yOf } from './scene'
import { visitLevel } from './visible'

/** Draws what is shown, and nothing else. `measure` gives the pixels of a text, and remembers them. */
export function paint(
  context: CanvasRenderingContext2D,
  scene: Scene,
  measure: (text: string) => number,
): void {
  const { layout, span, palette, rowHeight, height } = scene
  context.fillStyle = palette.page
  context.fillRect(0, 0, span.pixels, height)
  context.textBaseline = 'middle'
  const [one, other] = [levelAt(scene, 0), levelAt(scene, height - 1)]
  const last = Math.min(layout.levels - 1, Math.max(one, other))
  for (let level = Math.max(0, Math.min(one, other)); level <= last; level++) {
    const y = yOf(scene, level)
    visitLevel(layout, level, span, (x0, x1, first, end) => {
      const left = Math.max(0, Math.round(x0))
      const width = Math.max(1, Math.min(span.pixels, Math.round(x1)) - left)
      const isRun = end > first
      const { fill, ink } = coloursOf(scene, first, end)
      context.fillStyle = fill
      // A pixel is left between boxes as long as they are wide enough for it.
      const isTold = !isRun || span.runPixels === undefined
      context.fillRect(left, y, width > 2 && isTold ? width - 1 : width, rowHeight - 1)
      if (isRun || width < minTextPixels) return
      context.fillStyle = ink
      const text = fitted(scene.label(layout.node[first] as number), width - 2 * padding, measure)
      if (text !== '') context.fillText(text, left + padding, y + rowHeight / 2)
    })
  }
}

/** A frame around a box or a run. Drawn on a canvas above: the boxes are not drawn again for it. */
export function paintOutline(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { node, count }: { node: number; count: number },
  dash: number[],
): void {
  const { layout, span, rowHeight } = scene
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

/** Marks a part of the width over the whole height. */
export function paintBand(
  context: CanvasRenderingContext2D,
  { layout, span, height, palette }: Scene,
  { from, to }: { from: number; to: number },
): void {
  const x = (part: number) => ((part * layout.width - span.from) * span.pixels) / (span.to - span.from)
  const [x0, x1] = [Math.max(-2, x(from)), Math.min(span.pixels + 2, x(to))]
  if (x1 <= x0) return
  context.fillStyle = palette.band
  context.fillRect(x0, 0, x1 - x0, height)
  context.setLineDash([])
  context.lineWidth = 1
  context.strokeStyle = palette.focus
  context.strokeRect(Math.round(x0) + 0.5, -1, Math.max(1, Math.round(x1 - x0) - 1), height + 2)
}
