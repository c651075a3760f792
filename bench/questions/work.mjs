// What does a profiler add to a fixed piece of work: promises, a compiler, allocation, eight worker threads?
import { startChild } from '../lib/child.mjs'
import { addedOf, percentMore, valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

const works = {
  promises: { what: 'a million awaits', times: 20 },
  compile: { what: '60 files through the TypeScript compiler', times: 1 },
  allocate: { what: '4 million objects', times: 3 },
  workers: { what: '8 worker threads with 5 million awaits each, and their start', times: 1 },
}
const warmUpS = 2
const mostTimesQuickly = 5

export async function ask({ full, node, variants, rounds = full ? 2 : 1 }) {
  const rows = []
  for (const [work, { what, times: most }] of Object.entries(works)) {
    const times = full ? most : Math.min(most, mostTimesQuickly)
    const results = await alternate(variants, rounds, async (name) => {
      const args = [work, warmUpS, times].map(String)
      const child = await startChild('bench/work/fixed-work.js', { name, node, withTracing: true, args })
      const done = await child.report('done')
      await child.end()
      return done
    })
    rows.push(
      { what: `CPU of ${what}`, unit: 'ms', digits: 0, ...valuesOf(results, ({ cpuMs }) => cpuMs / times) },
      {
        what: `CPU of ${what}, change to tracing only`,
        unit: '%',
        ...addedOf(results, ({ cpuMs }) => cpuMs, percentMore),
      },
      {
        what: `time of ${what}`,
        unit: 'ms',
        digits: 0,
        ...valuesOf(results, ({ wallMs }) => wallMs / times),
      },
    )
  }
  return rows
}
