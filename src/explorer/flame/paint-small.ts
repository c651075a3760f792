import { type Picture, runsOf } from './picture'
import { coloursOf } from './scene'
import { visitLevel } from './visible'

/** Draws all of a picture without words on the whole of a canvas: of more levels than it has pixels some. */
export function paintSmall(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, palette, upwards } = picture
  const { width, height } = context.canvas
  context.fillStyle = palette.page
  context.fillRect(0, 0, width, height)
  if (layout.width === 0) return
  const scene = { ...picture, span: { from: 0, to: layout.width, pixels: width, ...runsOf(picture) } }
  const rows = Math.min(layout.levels, height)
  for (let row = 0; row < rows; row++) {
    const level = Math.floor((row * layout.levels) / rows)
    const place = upwards ? rows - 1 - row : row
    const [y, end] = [Math.floor((place * height) / rows), Math.floor(((place + 1) * height) / rows)]
    visitLevel(layout, level, scene.span, (x0, x1, first, last) => {
      context.fillStyle = coloursOf(scene, first, last).fill
      const left = Math.max(0, Math.round(x0))
      context.fillRect(left, y, Math.max(1, Math.round(x1) - left), Math.max(1, end - y))
    })
  }
}
