// What does a profiler do to a traced web service: CPU per request and throughput at saturation, latency at fixed rates below it?
import { addedOf, percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { sideBySide } from '../lib/side-by-side.mjs'
import { percentile } from '../lib/stats.ts'
import { steadyLoad } from '../lib/steady-load.ts'

const shares = [0.3, 0.7]
const percentiles = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 }

const saturatedS = 1.5
const rateS = 2

/** `rounds`: so many processes of each variant, asked once. */
export async function ask({ full, node, variants, rounds = 1 }) {
  const size = full ? { copies: 2, rounds: 2, warmUpS: 6 } : { copies: rounds, rounds: 1, warmUpS: 4 }
  const saturated = (url, path) => cpuOfService(url, () => loadService(url, path, { duration: saturatedS }))
  const capacity = await capacityOf('tracing', node)
  const rateOf = (share) => Math.round(capacity * share)
  const turns = await sideBySide(variants, { node, ...size }, async (url) => {
    const six = await saturated(url, '/page/7')
    const ten = await saturated(url, '/page/7?spans=10')
    const garbage = await saturated(url, '/garbage')
    const rates = []
    for (const share of shares) {
      const latenciesMs = await steadyLoad(url, '/page/7', { perSecond: rateOf(share), seconds: rateS })
      rates.push(mapOf(percentiles, (part) => percentile(latenciesMs, part)))
    }
    return { six, ten, garbage, rates }
  })
  const results = mapOf(turns, (processes) => processes.flat())
  const row = (what, unit, digits, field, more = {}) => ({
    what,
    unit,
    digits,
    ...valuesOf(results, field),
    ...more,
  })
  return [
    row('CPU per request, 6 spans', 'us', 1, ({ six }) => six.processMicros, {
      note: `Fastify, 20 connections, saturated; whole process; all variants alive side by side, asked in turns; ${size.copies} processes of each, ${size.rounds} turns`,
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
            note: `and p99 and p99.9: ${rateOf(share)} requests/s, evenly spread, latency from when each is due; tracing only's capacity`,
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

async function capacityOf(name, node) {
  const turns = await sideBySide([name], { node, copies: 1, rounds: 1, warmUpS: 5 }, (url) =>
    cpuOfService(url, () => loadService(url, '/page/7', { duration: 3 })),
  )
  return turns[name][0][0].perSecond
}

const mapOf = (object, value) =>
  Object.fromEntries(Object.entries(object).map(([key, of]) => [key, value(of)]))
