// How much later does an application start?
import { startChild } from '../lib/child.mjs'
import { alternate, medianOf } from '../lib/stats.mjs'
import { cells, fixed } from '../lib/table.mjs'

export async function ask({ full, node, variants }) {
  const results = await alternate(variants, full ? 30 : 5, async (name) => {
    const child = await startChild('bench/work/start-app.js', { name, node })
    const listening = await child.report('listening')
    await child.end()
    return listening
  })
  const medians = (field) =>
    Object.fromEntries(variants.map((name) => [name, medianOf(results[name], field)]))
  const note = 'ours without tracing: compare with nothing; the peer: compare with tracing only'
  return [
    {
      what: '`node app.js` to its first line',
      target: '<= 20 ms added',
      ...cells(medians('firstLineMs'), fixed(1, 'ms')),
      note,
    },
    { what: '`node app.js` to listening', ...cells(medians('listeningMs'), fixed(1, 'ms')) },
  ]
}
