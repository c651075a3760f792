// What does a profiler do to a traced web service: CPU per request and throughput at saturation, latency at fixed rates below it?
import autocannon from 'autocannon'
import { startChild } from '../lib/child.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { alternate } from '../lib/stats.ts'

const connections = 20
const shares = [0.3, 0.7]

export async function ask({ full, node, variants, rounds = full ? 3 : 1 }) {
  const seconds = full ? 10 : 3
  const warmUpS = full ? 13 : 4 // with --full the first upload, after 10 s, is over before anything is measured
  const capacity = await withService('tracing', node, (url) => saturate(url, '/page/7', 5))
  const results = await alternate(variants, rounds, (name) =>
    withService(name, node, async (url, child) => {
      await load(url, '/page/7', { duration: warmUpS })
      const six = await saturate(url, '/page/7', seconds)
      const ten = await saturate(url, '/page/7?spans=10', seconds)
      const garbage = await saturate(url, '/garbage', seconds)
      const rates = []
      for (const share of shares) {
        const overallRate = Math.round(capacity.perSecond * share)
        rates.push((await load(url, '/page/7', { duration: seconds, overallRate })).latency)
      }
      return { six, ten, garbage, rates, uploads: child.uploads.length }
    }),
  )
  const row = (what, unit, digits, field, more = {}) => ({
    what,
    unit,
    digits,
    ...valuesOf(results, field),
    ...more,
  })
  return [
    row('CPU per request, 6 spans', 'us', 1, ({ six }) => six.processMicros, {
      note: 'Fastify, 20 connections, saturated; whole process',
    }),
    row('CPU per request, 6 spans, application thread', 'us', 1, ({ six }) => six.threadMicros),
    row('CPU per request, 10 spans', 'us', 1, ({ ten }) => ten.processMicros),
    row('CPU per request that allocates 2 MB', 'us', 0, ({ garbage }) => garbage.processMicros),
    row('requests per second, 6 spans', '', 0, ({ six }) => six.perSecond, { better: 'more' }),
    ...shares.flatMap((share, i) =>
      ['p50', 'p99', 'p99_9'].map((field) =>
        row(
          `latency ${field.replace('_', '.')} at ${share * 100} % of the capacity`,
          'ms',
          0,
          ({ rates }) => rates[i][field],
          {
            note: `${Math.round(capacity.perSecond * share)} requests/s`,
          },
        ),
      ),
    ),
  ]
}

async function withService(name, node, use) {
  const child = await startChild('bench/work/spans-server.js', { name, node, withTracing: true })
  try {
    const { url } = await child.report('listening')
    return await use(url, child)
  } finally {
    await child.end()
  }
}

async function load(url, path, options) {
  const result = await autocannon({ url: url + path, connections, ...options })
  if (result.errors + result.non2xx > 0) throw new Error(`${result.errors + result.non2xx} requests failed`)
  return result
}

async function saturate(url, path, duration) {
  const cpu = async () => (await fetch(`${url}/cpu`)).json()
  const before = await cpu()
  const { requests } = await load(url, path, { duration })
  const after = await cpu()
  return {
    processMicros: (after.processMicros - before.processMicros) / requests.total,
    threadMicros: (after.threadMicros - before.threadMicros) / requests.total,
    perSecond: requests.average,
  }
}
