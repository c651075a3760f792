import type { FrameInfo as Frame, Measure } from '../pprof/answers'
import { printable, scale } from '../pprof/top-text'

/** Lines of a table for a terminal; the first `numbers` columns to the right. No cell can move the cursor. */
export function table(rows: readonly (readonly (string | number)[])[], numbers: number): string[] {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell))))
  const widths = cells[0]?.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0))) ?? []
  return cells.map((row) => {
    const padded = row.map((cell, i) =>
      i < numbers ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    return padded.join('  ').trimEnd()
  })
}

/** `price  /app/cart.js:12` */
export function placeOf({ file, line }: Frame): string {
  return line === 0 ? file : `${file}:${line}`
}

/** Words values of a measure, all in the scale that suits the largest. */
export function words({ unit, per }: Measure, largest: number): (value: number) => string {
  const show = scale(unit, largest)
  return (value) =>
    `${show(Math.round(value * 1_000) / 1_000)}${per === 'second' ? '/s' : per === 'request' ? '/req' : ''}`
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`
}

/** A line where something is missing of what was asked for. */
export function missing({ missingProfiles }: { missingProfiles: number }): string[] {
  return missingProfiles === 0 ? [] : [`${missingProfiles} raw profiles have expired or cannot be read`]
}
