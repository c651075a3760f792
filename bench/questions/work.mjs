// What does a profiler add to a fixed piece of work: promises, a compiler, allocation, eight worker threads?
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

const works = {
  promises: 'a million awaits',
  compile: '60 files through the TypeScript compiler',
  allocate: '4 million objects',
  workers: '8 worker threads with a million awaits each',
}

export async function ask({ full, node, variants, rounds = full ? 3 : 1 }) {
  const times = full ? 4 : 1
  const rows = []
  for (const [work, what] of Object.entries(works)) {
    const results = await alternate(variants, rounds, async (name) => {
      const args = [work, full ? '12' : '2', String(times)]
      const child = await startChild('bench/work/fixed-work.js', { name, node, withTracing: true, args })
      const done = await child.report('done')
      await child.end()
      return done
    })
    rows.push(
      { what: `CPU of ${what}`, unit: 'ms', digits: 0, ...valuesOf(results, ({ cpuMs }) => cpuMs / times) },
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
