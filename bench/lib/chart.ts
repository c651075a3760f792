import { leastRoundsOfInterval, medianInterval } from './stats'

const [labelWidth, barWidth, rowHeight] = [230, 420, 22]
/** A single bar so many times longer than the next is cut: it would leave nothing to see of the others. */
const farOff = 6
const leastBarsToCut = 5

interface Row {
  what: string
  target?: string
  unit?: string
  digits?: number
  better?: string
  note?: string
}

interface Bar {
  title: string
  ours: boolean
  values: readonly number[]
}

/** The bar is the median, the line over it the interval of it. What is less than nothing goes to the left of the line at zero. */
export function chart(row: Row, given: readonly Bar[]): string {
  const bars = given.map((bar) => ({ ...bar, ...medianInterval(bar.values) }))
  const longest = longestShown(bars.map(({ to }) => to))
  const cut = (value: number) => Math.min(longest, value)
  const least = Math.min(0, ...bars.map(({ from }) => from))
  const most = Math.max(0, ...bars.map(({ to }) => cut(to)))
  const x = (value: number) => labelWidth + ((cut(value) - least) / (most - least || 1)) * barWidth
  const at = (value: number) => x(value).toFixed(1)
  const height = bars.length * rowHeight + 4
  const drawn = bars.map(({ title, ours, values, median, from, to }, i) => {
    const y = i * rowHeight
    const [left, right] = [Math.min(0, median), Math.max(0, median)]
    const interval =
      values.length < leastRoundsOfInterval
        ? ''
        : `<path class="interval" d="M${at(from)} ${y + 7}v8M${at(to)} ${y + 7}v8M${at(from)} ${y + 11}H${at(to)}"/>`
    const arrow = median > longest ? '⟶ ' : ''
    return `<text x="${labelWidth - 8}" y="${y + 15}" text-anchor="end">${escaped(title)}</text>
<rect class="${ours ? 'ours' : 'bar'}" x="${at(left)}" y="${y + 4}" width="${(x(right) - x(left)).toFixed(1)}" height="14"/>${interval}
<text x="${(x(Math.max(0, to)) + 6).toFixed(1)}" y="${y + 15}">${arrow}${median.toFixed(row.digits ?? 1)} ${escaped(row.unit ?? '')}</text>`
  })
  const zero = least < 0 ? `<path class="zero" d="M${at(0)} 0V${height}"/>` : ''
  const aim = row.target ? `; aim: ${row.target}` : ''
  const better = `${row.better === 'more' ? 'more' : 'less'} is better${aim}`
  const note = row.note ? `<p class="note">${escaped(row.note)}</p>` : ''
  return `<figure><figcaption>${escaped(row.what)} <small>(${escaped(better)})</small></figcaption>
<svg role="img" aria-label="${escaped(row.what)}" viewBox="0 0 ${labelWidth + barWidth + 110} ${height}">${zero}${drawn.join('\n')}</svg>${note}</figure>`
}

function longestShown(lengths: number[]): number {
  const [longest = 0, next = 0] = [...lengths].sort((a, b) => b - a)
  return lengths.length >= leastBarsToCut && next > 0 && longest > farOff * next ? 2 * next : longest
}

export const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
