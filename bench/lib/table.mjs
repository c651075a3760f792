const columns = ['question', 'what', 'target', 'ours', 'peer', 'tracing only', 'nothing', 'note']
const fields = ['question', 'what', 'target', 'ours', 'peer', 'tracing', 'none', 'note']

/** @param {{question: string, what: string, target?: string, ours?: string, peer?: string, tracing?: string, none?: string, note?: string}[]} rows */
export function table(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(fields.map((field) => row[field] ?? '-'))),
  ].join('\n')
}

/** `{ours: '1.2 ms', ...}`: one cell per variant that was measured. */
export function cells(results, format) {
  return Object.fromEntries(
    Object.entries(results).map(([name, value]) => [name, value === undefined ? '-' : format(value)]),
  )
}

export const fixed =
  (digits, unit = '') =>
  (value) =>
    `${value.toFixed(digits)}${unit && ` ${unit}`}`
export const percent = (digits) => (share) => `${(share * 100).toFixed(digits)} %`
