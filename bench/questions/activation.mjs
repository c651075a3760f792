// What does a profiler add to entering and leaving the context of a span?
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

export async function ask({ full, node, variants, rounds = full ? 3 : 2 }) {
  const results = await alternate(variants, rounds, async (name) => {
    const child = await startChild('bench/work/activation.js', { name, node, withTracing: true })
    const done = await child.report('done')
    await child.end()
    return done
  })
  return [
    {
      what: 'AsyncLocalStorage.run, a span active',
      target: '0 more than tracing on Node 24 and 26',
      unit: 'ns',
      digits: 1,
      ...valuesOf(results, ({ nanos }) => nanos),
    },
  ]
}
