// What does the profiler cost a process that does nothing?
import { startChild } from '../lib/child.mjs'
import { alternate, medianOf } from '../lib/stats.mjs'
import { cells, fixed } from '../lib/table.mjs'

export async function ask({ full, node, variants }) {
  const measuredS = full ? 60 : 6
  const results = await alternate(variants, full ? 2 : 1, async (name) => {
    const args = ['14', String(measuredS)] // the first upload, after 10 s, is part of starting
    const child = await startChild('bench/work/idle-server.js', {
      name,
      node,
      uploadPeriodS: 60,
      args,
    })
    const done = await child.report('done')
    await child.end()
    return done
  })
  const medians = (field) =>
    Object.fromEntries(variants.map((name) => [name, medianOf(results[name], field)]))
  return [
    {
      what: 'event-loop utilization of an idle process',
      target: '<= 0.001',
      ...cells(medians('utilization'), fixed(4)),
    },
    {
      what: 'CPU of an idle process',
      target: '<= 3 ms/s',
      ...cells(medians('cpuMsPerSecond'), fixed(2, 'ms/s')),
    },
  ]
}
