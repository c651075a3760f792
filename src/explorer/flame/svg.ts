import { coloursOf, fitted, font, minTextPixels, padding, type Scene } from './scene'
import { visitLevel } from './visible'

/** The rows of a scene, all of them, as a document of its own: boxes with their whole names as titles, and no script. */
export function svgOf(scene: Scene, measure: (text: string) => number): string {
  const { layout, span, palette, rowHeight, upwards } = scene
  const height = layout.levels * rowHeight
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${span.pixels}" height="${height}" viewBox="0 0 ${span.pixels} ${height}" style="font: ${escaped(font)}">`,
    `<rect width="100%" height="100%" fill="${palette.page}"/>`,
  ]
  for (let level = 0; level < layout.levels; level++) {
    const y = (upwards ? layout.levels - 1 - level : level) * rowHeight
    visitLevel(layout, level, span, (x0, x1, first, last) => {
      const left = Math.max(0, x0)
      const width = Math.max(0.5, Math.min(span.pixels, x1) - left)
      const isRun = last > first
      const { fill, ink } = coloursOf(scene, first, last)
      const name = isRun ? `${last - first + 1} small frames` : scene.label(layout.node[first] as number)
      parts.push(
        `<g><title>${escaped(name)}</title><rect x="${left.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill="${fill}"/>`,
      )
      const text = isRun || width < minTextPixels ? '' : fitted(name, width - 2 * padding, measure)
      if (text !== '') {
        parts.push(
          `<text x="${(left + padding).toFixed(1)}" y="${y + rowHeight / 2 + 4}" fill="${ink}">${escaped(text)}</text>`,
        )
      }
      parts.push('</g>')
    })
  }
  parts.push('</svg>')
  return parts.join('\n')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string) => text.replace(/[&<>"]/g, (char) => entities[char] as string)
