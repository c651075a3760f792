import { font } from './scene'

/** Pixels of texts in the font of the picture, each measured once; forgets all when there are very many. */
export function textMeasure(context: CanvasRenderingContext2D): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    let pixels = known.get(text)
    if (pixels === undefined) {
      if (known.size > 50_000) known.clear()
      context.font = font
      pixels = context.measureText(text).width
      known.set(text, pixels)
    }
    return pixels
  }
}
