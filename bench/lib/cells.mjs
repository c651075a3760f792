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
