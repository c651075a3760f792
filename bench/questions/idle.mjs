// What does the profiler cost a process that does nothing?
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'

export async function ask({ full, node, variants }) {
  const args = ['14', full ? '30' : '6'] // the first upload, after 10 s, is part of starting
  // Side by side: none of them has anything to do.
  const results = await Promise.all(
    variants.map(async (name) => {
      const child = await startChild('bench/work/idle-server.js', { name, node, uploadPeriodS: 60, args })
      const done = await child.report('done')
      await child.end()
      return [name, [done]]
    }),
  ).then(Object.fromEntries)
  return [
    {
      what: 'event-loop utilization of an idle process',
      target: '<= 0.001',
      digits: 4,
      ...valuesOf(results, ({ utilization }) => utilization),
    },
    {
      what: 'CPU of an idle process',
      target: '<= 3 ms/s',
      unit: 'ms/s',
      digits: 2,
      ...valuesOf(results, ({ cpuMsPerSecond }) => cpuMsPerSecond),
    },
  ]
}
