// What does a profiler do to a traced web service: CPU per request and throughput at saturation, latency at fixed rates below it?
import { percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuOfService, loadService } from '../lib/service-load.mjs'
import { sideBySide } from '../lib/side-by-side.mjs'
import { percentile } from '../lib/stats.ts'
import { steadyLoad } from '../lib/steady-load.ts'
import { baseOf } from '../lib/variants.mjs'

const shares = [0.3, 0.7]
const percentiles = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 }

const saturatedS = 1
const rateS = 2
/** A process that had nothing to do while its neighbour was asked gets into its stride first. */
const strideS = 1

/**
 * Each variant is asked beside the tracing that it runs on, in turns: between the two that are compared lie seconds. (All eleven side by side were
 * tried: a process that waits for minutes starts each turn with a heap and code that V8 has cleared away.)
 * `rounds`: with so many pairs of processes of their own, and without latencies, of which turns this short tell too little: `latency` does.
 */
export async function ask({ full, node, variants, rounds }) {
  const [pairs, turnsEach] = rounds ? [rounds, 1] : [1, full ? 3 : 1]
  const warmUpS = full ? 6 : 4
  const rates = rounds ? [] : await ratesBelowCapacity(node)
  const results = Object.fromEntries(variants.map((name) => [name, []]))
  const added = {}
  for (const name of variants.filter((name) => name !== 'tracing')) {
    const partner = baseOf(name) ?? 'tracing'
    for (let pair = 0; pair < pairs; pair++) {
      const turns = await sideBySide(
        pair % 2 === 0 ? [partner, name] : [name, partner],
        { node, copies: 1, rounds: turnsEach, warmUpS },
        (url) => askOne(url, rates),
      )
      const [[bases], [owns]] = [turns[partner], turns[name]]
      results[partner]?.push(...bases)
      results[name].push(...owns)
      if (baseOf(name)) added[name] = [...(added[name] ?? []), ...owns.map((own, i) => [own, bases[i]])]
    }
  }
  const addedOf = (field) => ({
    values: mapOf(added, (of) => of.map(([own, base]) => percentMore(field(own), field(base)))),
  })
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
      ...addedOf(({ six }) => six.threadMicros),
    },
    row('CPU per request, 10 spans', 'us', 1, ({ ten }) => ten.processMicros),
    row('CPU per request that allocates 2 MB', 'us', 0, ({ garbage }) => garbage.processMicros),
    row('requests per second, 6 spans', '', 0, ({ six }) => six.perSecond, { better: 'more' }),
    {
      what: 'throughput change to tracing only',
      unit: '%',
      better: 'more',
      ...addedOf(({ six }) => six.perSecond),
    },
    ...rates.flatMap((perSecond, i) =>
      Object.keys(percentiles).map((name) =>
        row(
          `latency ${name} at ${shares[i] * 100} % of the capacity`,
          'ms',
          2,
          ({ latencies }) => latencies[i][name],
          name === 'p50' && {
            note: `and p99 and p99.9: ${perSecond} requests/s, evenly spread, latency from when each is due; tracing only's capacity`,
          },
        ),
      ),
    ),
  ]
}

async function askOne(url, rates) {
  const saturated = (path) => cpuOfService(url, () => loadService(url, path, { duration: saturatedS }))
  await loadService(url, '/page/7', { duration: strideS })
  const six = await saturated('/page/7')
  const ten = await saturated('/page/7?spans=10')
  const garbage = await saturated('/garbage')
  const latencies = []
  for (const perSecond of rates) {
    const latenciesMs = await steadyLoad(url, '/page/7', { perSecond, seconds: rateS })
    latencies.push(mapOf(percentiles, (part) => percentile(latenciesMs, part)))
  }
  return { six, ten, garbage, latencies }
}

async function ratesBelowCapacity(node) {
  const turns = await sideBySide(['tracing'], { node, copies: 1, rounds: 1, warmUpS: 5 }, (url) =>
    cpuOfService(url, () => loadService(url, '/page/7', { duration: 3 })),
  )
  return shares.map((share) => Math.round(turns.tracing[0][0].perSecond * share))
}

const mapOf = (object, value) =>
  Object.fromEntries(Object.entries(object).map(([key, of]) => [key, value(of)]))
