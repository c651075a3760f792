// What does the profiler add to a request of a traced, saturated web service?
import autocannon from 'autocannon'
import { startChild } from '../lib/child.mjs'
import { alternate, medianOf } from '../lib/stats.mjs'
import { cells, fixed } from '../lib/table.mjs'

const connections = 20

export async function ask({ full, node, variants }) {
  const measuredS = full ? 60 : 6
  const names = variants.filter((name) => name !== 'none')
  const results = await alternate(names, full ? 5 : 1, async (name) => {
    const child = await startChild('bench/work/spans-server.js', {
      name,
      node,
      withTracing: true,
    })
    const { url } = await child.report('listening')
    await load(url, 13) // the first upload, after 10 s, is part of starting
    const before = await cpu(url)
    const { requests, latency, errors } = await load(url, measuredS)
    const after = await cpu(url)
    await child.end()
    if (errors > 0) throw new Error(`${errors} requests failed`)
    return {
      processMicros: (after.processMicros - before.processMicros) / requests.total,
      threadMicros: (after.threadMicros - before.threadMicros) / requests.total,
      perSecond: requests.average,
      p99Ms: latency.p99,
      uploads: child.uploads.length,
    }
  })
  const medians = (field) => Object.fromEntries(names.map((name) => [name, medianOf(results[name], field)]))
  const added = (field) => {
    const { tracing, ...others } = medians(field)
    return Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value / tracing - 1]))
  }
  const signed = (share) => `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`
  return [
    {
      what: 'CPU per request, whole process',
      ...cells(medians('processMicros'), fixed(1, 'us')),
      note: 'Fastify, 6 spans, saturated',
    },
    {
      what: 'added to tracing only',
      target: "<= 3 %, <= 1/10 of the peer's",
      ...cells(added('processMicros'), signed),
    },
    { what: 'CPU per request, application thread', ...cells(medians('threadMicros'), fixed(1, 'us')) },
    { what: 'added to tracing only, application thread', ...cells(added('threadMicros'), signed) },
    { what: 'requests per second', ...cells(medians('perSecond'), fixed(0)) },
    { what: 'latency p99', ...cells(medians('p99Ms'), fixed(0, 'ms')), note: `${connections} connections` },
  ]
}

const load = (url, duration) => autocannon({ url: `${url}/page/7`, connections, duration })
const cpu = async (url) => (await fetch(`${url}/cpu`)).json()
