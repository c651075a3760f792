import { paint } from './paint'
import { font, type Scene } from './scene'

/** Of a side: what browsers take. */
const maxPixels = 16_384

/** All rows of a scene, from the root on as many as a PNG can hold. Resolves with null where the browser makes none. */
export function pngOf(scene: Scene, measure: (text: string) => number): Promise<Blob | null> {
  const ratio = devicePixelRatio
  const whole = scene.layout.levels * scene.rowHeight
  const height = Math.min(whole, Math.floor(maxPixels / ratio))
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(scene.span.pixels * ratio)
  canvas.height = Math.floor(height * ratio)
  const context = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D
  context.scale(ratio, ratio)
  context.font = font
  paint(context, { ...scene, top: scene.upwards ? whole - height : 0, height }, measure)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
