import { leastRoundsOfInterval, median, medianInterval } from './stats.ts'
import { baseOf } from './variants.mjs'

/**
 * A row of a question's answer: `{what, target?, unit?, digits?, better?, values: {variant: number[]}, note?}`, one number per round, or with
 * finished text by variant (`ours: '198, 198 MB'`) where the answer is no single number. Less is better unless `better` says `more`.
 */
export const valuesOf = (results, field) => ({
  values: Object.fromEntries(
    Object.entries(results)
      .map(([name, rounds]) => [name, rounds.map(field).filter((value) => value !== undefined)])
      .filter(([, values]) => values.length > 0),
  ),
})

/**
 * What each variant adds to the tracing that it runs on, by round: `difference(own, base)` of the field. Nothing where tracing alone was not
 * asked.
 */
export const addedOf = (results, field, difference) => ({
  values: Object.fromEntries(
    Object.keys(results)
      .filter((name) => results[baseOf(name)] !== undefined)
      .map((name) => [
        name,
        results[name].map((round, i) => difference(field(round), field(results[baseOf(name)][i]))),
      ]),
  ),
})

export const percentMore = (own, base) => (own / base - 1) * 100

/** What a table shows of one variant: the median, from three rounds on with its interval. */
export function cellOf(row, name) {
  const values = row.values?.[name]
  if (values === undefined) return row[name] ?? '-'
  const shown = (value) => value.toFixed(row.digits ?? 1)
  const unit = row.unit ? ` ${row.unit}` : ''
  if (values.length < leastRoundsOfInterval) return shown(median(values)) + unit
  const { median: middle, from, to } = medianInterval(values)
  return `${shown(middle)}${unit} (${shown(from)} to ${shown(to)})`
}
