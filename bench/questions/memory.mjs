// How much memory does the profiler add? All variants run side by side under the same constant load.
import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import { startChild } from '../lib/child.mjs'
import { rssMegabytes, threadsOf } from '../lib/process-cost.ts'
import { addedOf, valuesOf } from '../lib/rows.mjs'
import { median } from '../lib/stats.ts'

/** Of each process; of all together so many that the machine keeps up. */
const requestsPerSecond = 60
const requestsPerSecondOfAll = 600

export async function ask({ full, alone, node, variants }) {
  const names = variants.filter((name) => name !== 'none')
  const copies = full ? 3 : 1
  const durationS = alone ? 300 : full ? 120 : 25
  const services = await Promise.all(
    names.flatMap((name) => Array.from({ length: copies }, () => startService(name, node, full ? 60 : 10))),
  )
  const rate = Math.min(requestsPerSecond, Math.floor(requestsPerSecondOfAll / services.length))
  const loads = services.map(({ url }) =>
    autocannon({
      url: `${url}/page/7`,
      connections: 2,
      overallRate: rate,
      duration: durationS + 5,
    }),
  )
  await delay(durationS * 1_000)
  // What V8 has not collected yet differs from run to run by more than what is asked for here.
  for (const { child } of services) process.kill(child.pid, 'SIGUSR2')
  await delay(1_500)
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (const { name, child, url } of services) {
    const { heapBytes } = await (await fetch(`${url}/cpu`)).json()
    results[name].push({
      rss: rssMegabytes(child.pid),
      heap: heapBytes / 2 ** 20,
      threads: threadsOf(child.pid),
    })
  }
  await Promise.all(loads)
  await Promise.all(services.map(({ child }) => child.end()))
  const middle = Object.fromEntries(
    names.map((name) => [name, [median(results[name].map(({ rss }) => rss))]]),
  )
  return [
    {
      what: `RSS after ${durationS} s and a collection`,
      unit: 'MB',
      ...valuesOf(results, ({ rss }) => rss),
      note: `Fastify with spans, ${rate} requests/s, ${copies} ${copies === 1 ? 'process' : 'processes'} each`,
    },
    {
      what: 'added to tracing only, of the medians',
      target: "<= half of the peer's",
      unit: 'MB',
      ...addedOf(
        middle,
        (rss) => rss,
        (own, base) => own - base,
      ),
    },
    { what: 'JavaScript heap of the main thread', unit: 'MB', ...valuesOf(results, ({ heap }) => heap) },
    { what: 'threads of the process', digits: 0, ...valuesOf(results, ({ threads }) => threads) },
  ]
}

async function startService(name, node, uploadPeriodS) {
  const child = await startChild('bench/work/spans-server.js', {
    name,
    node,
    withTracing: true,
    uploadPeriodS,
    nodeArgs: ['--expose-gc'],
  })
  return { name, child, url: (await child.report('listening')).url }
}
