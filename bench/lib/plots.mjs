import { variantsOf } from './report.mjs'
import { medianInterval } from './stats.ts'
import { titleOf } from './variants.mjs'

const [labelWidth, barWidth, rowHeight] = [230, 420, 22]

/**
 * A page with a bar chart for each row that has numbers: the bar is the median, the line over it the 95 % interval of it.
 * @param {{heading: string[], answers: {question: string, rows: object[]}[]}} report
 * @returns {string} HTML that needs nothing else
 */
export function plots({ heading, answers }) {
  const sections = answers
    .map(({ question, rows }) => [question, rows.filter((row) => row.values !== undefined)])
    .filter(([, rows]) => rows.length > 0)
    .map(([question, rows]) => `<h2>${escaped(question)}</h2>\n${rows.map(chart).join('\n')}`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Figures beside the peers</title>
<style>
:root { color-scheme: light dark; font: 13px system-ui, sans-serif }
body { margin: 2rem auto; max-width: 760px } h2 { margin-top: 2.5rem } figure { margin: 1rem 0 } figcaption { font-weight: 600 }
svg { display: block; width: 100% } text { fill: currentColor } .bar { fill: #8a9bb0 } .ours { fill: #2f7ed8 } .interval { stroke: currentColor }
</style>
${heading.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
${sections.join('\n')}
</html>
`
}

function chart(row) {
  const names = variantsOf([row])
  const bars = names.map((name) => ({ name, ...medianInterval(row.values[name]) }))
  const most = Math.max(...bars.map(({ to }) => to), Number.MIN_VALUE)
  const x = (value) => labelWidth + (value / most) * barWidth
  const lines = bars.map(({ name, median: middle, from, to }, i) => {
    const y = i * rowHeight
    const interval =
      row.values[name].length < 3
        ? ''
        : `<line class="interval" x1="${x(from)}" x2="${x(to)}" y1="${y + 11}" y2="${y + 11}"/>`
    return `<text x="${labelWidth - 8}" y="${y + 15}" text-anchor="end">${escaped(titleOf(name))}</text>
<rect class="${name.startsWith('ours') ? 'ours' : 'bar'}" x="${labelWidth}" y="${y + 4}" width="${x(middle) - labelWidth}" height="14"/>${interval}
<text x="${x(Math.max(middle, to)) + 6}" y="${y + 15}">${shown(row, middle)}</text>`
  })
  return `<figure><figcaption>${escaped(row.what)}${row.better === 'more' ? ' (more is better)' : ''}</figcaption>
<svg role="img" aria-label="${escaped(row.what)}" viewBox="0 0 ${labelWidth + barWidth + 110} ${bars.length * rowHeight + 4}">${lines.join('\n')}</svg></figure>`
}

const shown = (row, value) => `${value.toFixed(row.digits ?? 1)} ${row.unit ?? ''}`
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
