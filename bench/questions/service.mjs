// What does a profiler do to a traced web service: CPU per request and throughput at saturation, latency at fixed rates below it?
import { startChild } from '../lib/child.mjs'
import { addedOf, percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { alternate, percentile } from '../lib/stats.ts'
import { steadyLoad } from '../lib/steady-load.ts'

const shares = [0.3, 0.7]
const percentiles = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 }

export async function ask({ full, node, variants, rounds = full ? 3 : 1 }) {
  const seconds = full ? 3 : 2
  const saturated = (url, path, duration) => cpuOfService(url, () => loadService(url, path, { duration }))
  const warmUpS = full ? 11 : 4 // with --full the first upload, after 10 s, is over before anything is measured
  const capacity = await withService('tracing', node, (url) => saturated(url, '/page/7', 5))
  const rateOf = (share) => Math.round(capacity.perSecond * share)
  const results = await alternate(variants, rounds, (name) =>
    withService(name, node, async (url) => {
      await loadService(url, '/page/7', { duration: warmUpS })
      const six = await saturated(url, '/page/7', seconds)
      const ten = await saturated(url, '/page/7?spans=10', seconds)
      const garbage = await saturated(url, '/garbage', seconds)
      const rates = []
      for (const share of shares) {
        const latenciesMs = await steadyLoad(url, '/page/7', { perSecond: rateOf(share), seconds })
        rates.push(mapOf(percentiles, (part) => percentile(latenciesMs, part)))
      }
      return { six, ten, garbage, rates }
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
    {
      what: 'added to tracing only, 6 spans, application thread',
      target: '<= 3 %, <= 1/10 of what dd-trace adds',
      unit: '%',
      ...addedOf(results, ({ six }) => six.threadMicros, percentMore),
    },
    row('CPU per request, 10 spans', 'us', 1, ({ ten }) => ten.processMicros),
    row('CPU per request that allocates 2 MB', 'us', 0, ({ garbage }) => garbage.processMicros),
    row('requests per second, 6 spans', '', 0, ({ six }) => six.perSecond, { better: 'more' }),
    {
      what: 'throughput change to tracing only',
      unit: '%',
      better: 'more',
      ...addedOf(results, ({ six }) => six.perSecond, percentMore),
    },
    ...shares.flatMap((share, i) =>
      Object.keys(percentiles).map((name) =>
        row(
          `latency ${name} at ${share * 100} % of the capacity`,
          'ms',
          2,
          ({ rates }) => rates[i][name],
          name === 'p50' && {
            note: `and p99 and p99.9: ${rateOf(share)} requests/s, evenly spread; tracing only's capacity`,
          },
        ),
      ),
    ),
    {
      what: 'latency p99 at 70 % of the capacity, change to tracing only',
      target: 'within 1 %',
      unit: '%',
      ...addedOf(results, ({ rates }) => rates[1].p99, percentMore),
    },
  ]
}

async function withService(name, node, use) {
  const child = await startChild('bench/work/spans-server.js', { name, node, withTracing: true })
  try {
    const { url } = await child.report('listening')
    return await use(url)
  } finally {
    await child.end()
  }
}

const mapOf = (object, value) =>
  Object.fromEntries(Object.entries(object).map(([key, of]) => [key, value(of)]))
