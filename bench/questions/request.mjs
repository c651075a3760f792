// What does our profiler add to a request of a traced, saturated web service? The same process with the profiler off and on in turns (off on,
// on off, ...), since what compiled code, memory and a neighbour on the same machine make of two processes is larger than what is to be
// measured; and processes that are started with it and without, in turns that are as short: the question `service` has minutes between two.
import { startChild } from '../lib/child.mjs'
import { watchCpus } from '../lib/machine.mjs'
import { addedOf, percentMore } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { alternate, median } from '../lib/stats.ts'

const blockS = 2

export async function ask({ full, node }) {
  const pairs = full ? 24 : 6
  const child = await startChild('bench/work/spans-server.js', { name: 'ours', node, withTracing: true })
  const { url } = await child.report('listening')
  const load = (duration) => loadService(url, '/page/7', { duration })
  await load(13) // the first upload, after 10 s, is part of starting
  const blocks = { off: [], on: [] }
  const stolen = []
  for (let pair = 0; pair < pairs; pair++)
    for (const state of pair % 2 === 0 ? ['off', 'on'] : ['on', 'off']) {
      await fetch(`${url}/profiler/${state}`)
      await load(1) // starting is not what is asked here
      const since = watchCpus()
      const { threadMicros } = await cpuOfService(url, () => load(blockS))
      blocks[state].push(threadMicros)
      stolen.push(since().stolen)
    }
  await child.end()
  const started = await alternate(['tracing', 'ours', 'peer'], full ? 5 : 1, (name) =>
    startedWith(name, node),
  )
  return [
    {
      what: 'CPU added to a request with 6 spans, application thread, by a process started with it',
      target: '<= 3 %, <= 1/10 of what dd-trace adds',
      unit: '%',
      digits: 1,
      ...addedOf(started, (threadMicros) => threadMicros, percentMore),
    },
    {
      what: 'CPU added to a request with 6 spans, application thread, off and on in one process',
      target: '<= 3 %',
      unit: '%',
      digits: 1,
      values: { ours: blocks.on.map((on, pair) => (on / blocks.off[pair] - 1) * 100) },
      note: `${pairs} pairs; least of all blocks ${Math.min(...blocks.off).toFixed(1)} us off, ${Math.min(...blocks.on).toFixed(1)} us on; the machine's host took ${median(stolen).toFixed(2)} CPUs away`,
    },
  ]
}

async function startedWith(name, node) {
  const child = await startChild('bench/work/spans-server.js', { name, node, withTracing: true })
  const { url } = await child.report('listening')
  await loadService(url, '/page/7', { duration: 5 })
  const { threadMicros } = await cpuOfService(url, () => loadService(url, '/page/7', { duration: 3 }))
  await child.end()
  return threadMicros
}
