// How much later does an application start?
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

export async function ask({ full, node, variants }) {
  const results = await alternate(variants, full ? 8 : 3, async (name) => {
    const child = await startChild('bench/work/start-app.js', { name, node })
    const listening = await child.report('listening')
    await child.end()
    return listening
  })
  return [
    {
      what: '`node app.js` to its first line',
      target: '<= 20 ms added',
      unit: 'ms',
      ...valuesOf(results, ({ firstLineMs }) => firstLineMs),
      note: 'ours without tracing: compare with nothing; the others but nothing contain a tracer',
    },
    {
      what: '`node app.js` to listening',
      unit: 'ms',
      ...valuesOf(results, ({ listeningMs }) => listeningMs),
    },
  ]
}
