import { chart, escaped } from './chart.ts'
import { variantsOf } from './report.mjs'
import { titleOf } from './variants.mjs'

/**
 * A page with a bar chart for each row that has numbers.
 * @param {{heading: string[], answers: {question: string, rows: object[]}[]}} report
 * @returns {string} HTML that needs nothing else
 */
export function plots({ heading, answers }) {
  const sections = answers
    .map(({ question, rows }) => [question, rows.filter((row) => row.values !== undefined)])
    .filter(([, rows]) => rows.length > 0)
    .map(([question, rows]) => `<h2>${escaped(question)}</h2>\n${rows.map(chartOf).join('\n')}`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Figures beside the peers</title>
<style>
:root { color-scheme: light dark; font: 13px system-ui, sans-serif }
body { margin: 2rem auto; padding: 0 1rem; max-width: 760px } h2 { margin-top: 2.5rem } figure { margin: 1rem 0 } figcaption { font-weight: 600 }
svg { display: block; width: 100% } text { fill: currentColor } .bar { fill: #8a9bb0 } .ours { fill: #2f7ed8 }
.interval { stroke: currentColor; fill: none } .zero { stroke: #888; stroke-dasharray: 2 2 }
small, .note { font-weight: 400; opacity: .7 } .note { margin: .2rem 0; overflow-wrap: anywhere }
</style>
<h1>Figures beside the peers</h1>
${heading.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
<p>Each bar is the median; the line over it is its interval, where there were enough rounds. Blue is this agent; an arrow: the bar is cut.
bench/results.md has all rows, also those that are no numbers; docs/bench.md says what they mean.</p>
${sections.join('\n')}
</html>
`
}

const chartOf = (row) =>
  chart(
    row,
    variantsOf([row]).map((name) => ({
      title: titleOf(name),
      ours: name.startsWith('ours'),
      values: row.values[name],
    })),
  )
