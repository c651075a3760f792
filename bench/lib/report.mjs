import { cellOf } from './rows.mjs'
import { titleOf, variantNames } from './variants.mjs'

/**
 * @typedef {{question: string, rows: object[], asked?: string, failed?: string}} Answer rows as in rows.mjs, or why there are none; when it was asked
 * @param {{heading: string[], answers: Answer[]}} report
 * @returns {string} Markdown: a table for each question, with a column for each variant that it was asked of
 */
export function markdown({ heading, answers }) {
  const sections = answers.map(({ question, rows, asked, failed }) => {
    if (failed !== undefined) return `## ${question}\n\nFailed: ${failed}`
    const names = variantsOf(rows)
    const columns = ['what', ...(rows.some((row) => row.target) ? ['target'] : []), ...names]
    const line = (cells) => `| ${cells.join(' | ')} |`
    const cell = (row, column) =>
      column === 'what' || column === 'target' ? (row[column] ?? '') : cellOf(row, column)
    const notes = rows.filter((row) => row.note).map((row) => `- ${row.what}: ${row.note}`)
    return [
      `## ${question}`,
      '',
      line(columns.map((column) => (names.includes(column) ? titleOf(column) : column))),
      line(columns.map(() => '---')),
      ...rows.map((row) => line(columns.map((column) => cell(row, column)))),
      ...(notes.length > 0 ? ['', ...notes] : []),
      ...(asked ? ['', `Asked on ${asked}.`] : []),
    ].join('\n')
  })
  return `${[...heading, ...sections].join('\n\n')}\n`
}

/** The variants that rows tell of, in the usual order. */
export const variantsOf = (rows) =>
  variantNames.filter((name) =>
    rows.some((row) => row.values?.[name] !== undefined || row[name] !== undefined),
  )
