import type { Top, TopRow } from './top'

/** What the table counts. */
export interface Counted {
  /** Unit of the sample type: `nanoseconds`, `bytes`, `count` or any other. */
  readonly unit: string
  /** True for functions and lines: columns for what is called from there and for the place. */
  readonly places: boolean
  /** Rows shown. */
  readonly limit: number
}

/** The table in lines for a terminal, each without control characters. */
export function topText({ rows, total }: Top, { unit, places, limit }: Counted): string[] {
  const show = scale(unit, total)
  const percent = (value: number) => `${total === 0 ? '-' : ((100 * value) / total).toFixed(1)}%`
  const table = rows.slice(0, limit).map((row) => {
    const flat = [show(row.flat), percent(row.flat)]
    const name = cut(printable(row.name), 64)
    return places ? [...flat, show(row.cum), percent(row.cum), name, place(row)] : [...flat, name]
  })
  const heads = places
    ? ['flat', 'flat%', 'cum', 'cum%', 'function', 'file:line']
    : ['flat', 'flat%', 'label']
  const lines = align([heads, ...table], places ? 4 : 2)
  if (rows.length > limit) lines.push(`... ${rows.length - limit} more`)
  return lines
}

/** Words numbers in a unit, all in the one scale that suits `largest`. */
export function scale(unit: string, largest: number): (value: number) => string {
  if (unit === 'count') return (value) => String(value)
  const [factor, name] = scales.get(unit)?.find(([from]) => Math.abs(largest) >= from) ?? [1, unit]
  return (value) => `${factor === 1 ? value : (value / factor).toFixed(3)} ${printable(name)}`
}

// A Map: a profile's unit may be `constructor`.
const scales = new Map<string, [factor: number, name: string][]>([
  [
    'nanoseconds',
    [
      [1e9, 's'],
      [1e6, 'ms'],
      [1e3, 'us'],
    ],
  ],
  [
    'bytes',
    [
      [2 ** 30, 'GiB'],
      [2 ** 20, 'MiB'],
      [2 ** 10, 'KiB'],
    ],
  ],
])

/**
 * Text out of a profile, fit for a terminal: control characters, which could move the cursor or set its title, and marks
 * that turn the direction of writing, as escapes.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (char) => {
    return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
  })
}

function place({ file, line }: TopRow): string {
  return line === 0 ? printable(file) : `${printable(file)}:${line}`
}

function cut(text: string, chars: number): string {
  return text.length > chars ? `${text.slice(0, chars - 3)}...` : text
}

/** The first `numbers` columns to the right, the others to the left. */
function align(table: readonly string[][], numbers: number): string[] {
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? []
  return table.map((row) => {
    const cells = row.map((cell, i) =>
      i < numbers ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    return cells.join('  ').trimEnd()
  })
}
