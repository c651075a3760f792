// What does a profiler do to a traced web service: CPU per request and throughput at saturation, latency at fixed rates below it?
import { startChild } from '../lib/child.mjs'
import { addedOf, percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { alternate } from '../lib/stats.ts'

const shares = [0.3, 0.7]
const seconds = 3

export async function ask({ full, node, variants, rounds = full ? 3 : 1 }) {
  const warmUpS = full ? 11 : 4 // with --full the first upload, after 10 s, is over before anything is measured
  const capacity = await withService('tracing', node, (url) => saturated(url, '/page/7', 5))
  const results = await alternate(variants, rounds, (name) =>
    withService(name, node, async (url) => {
      await loadService(url, '/page/7', { duration: warmUpS })
      const six = await saturated(url, '/page/7', seconds)
      const ten = await saturated(url, '/page/7?spans=10', seconds)
      const garbage = await saturated(url, '/garbage', seconds)
      const rates = []
      for (const share of shares) {
        const overallRate = Math.round(capacity.perSecond * share)
        rates.push((await loadService(url, '/page/7', { duration: seconds, overallRate })).latency)
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
    return await use(url)
  } finally {
    await child.end()
  }
}

const saturated = (url, path, duration) => cpuOfService(url, () => loadService(url, path, { duration }))
