// What does our profiler do to the latency of a traced web service at 70 % of what it can do, and is it more than its CPU alone would do?
import { setTimeout as delay } from 'node:timers/promises'
import { percentMore, valuesOf } from '../lib/rows.mjs'
import { cpuMicros, cpuOfService, loadService } from '../lib/service-load.mjs'
import { inOrder, startServices } from '../lib/side-by-side.mjs'
import { percentile } from '../lib/stats.ts'
import { steadyLoad } from '../lib/steady-load.ts'
import { baseOf } from '../lib/variants.mjs'

const share = 0.7
const capacityS = 2
/** Long enough for several collections of the whole heap, which come every second and are what p99 is made of. */
const turnS = 6

export async function ask({ full, alone, node, variants, rounds = alone ? 16 : full ? 8 : 3 }) {
  const asked = {}
  for (const name of variants.filter((name) => baseOf(name) === 'tracing'))
    asked[name] = await askPair(name, { node, rounds, warmUpS: full ? 6 : 4 })
  const row = (what, unit, digits, field, more = {}) => ({
    what,
    unit,
    digits,
    values: {
      tracing: Object.values(asked).flatMap((of) => of.map(({ base }) => field(base))),
      ...valuesOf(asked, ({ sameLoad }) => field(sameLoad)).values,
    },
    ...more,
  })
  const change = (what, field, which, more) => ({
    what,
    unit: '%',
    ...valuesOf(asked, (round) => percentMore(field(round[which]), field(round.base))),
    ...more,
  })
  const [p50, p99] = [({ p50 }) => p50, ({ p99 }) => p99]
  const busyPercent = ({ busy }) => busy * 100
  return [
    row('latency p50', 'ms', 2, p50, {
      note: `${rounds} turns of ${turnS} s each, at ${share * 100} % of what tracing only answers when saturated, asked anew each round; latency from when a request is due`,
    }),
    row('latency p99', 'ms', 1, p99),
    row('application thread busy', '%', 0, busyPercent),
    change('p50, change to tracing only', p50, 'sameLoad'),
    change('p99, change to tracing only', p99, 'sameLoad', { target: 'within 1 %' }),
    change('p50, the same where each gets its own share', p50, 'ownShare', {
      note: `${share * 100} % of what the variant itself answers when saturated`,
    }),
    change('p99, the same where each gets its own share', p99, 'ownShare'),
    {
      what: 'application thread busy then',
      unit: '%',
      digits: 0,
      ...valuesOf(asked, ({ ownShare }) => busyPercent(ownShare)),
    },
  ]
}

/** @returns by round: tracing only; the variant under the same load; the variant under its own share */
async function askPair(name, { node, rounds, warmUpS }) {
  const services = await startServices([baseOf(name), name], { node, warmUpS })
  const [base, own] = services
  const results = []
  for (let round = 0; round < rounds; round++) {
    const rate = await rateOf(base)
    const asks = [
      ['base', base, rate],
      ['sameLoad', own, rate],
      ['ownShare', own, await rateOf(own)],
    ]
    const result = {}
    for (const [which, service, perSecond] of inOrder(asks, round))
      result[which] = await latencyOf(service, perSecond)
    results.push(result)
  }
  await Promise.all(services.map(({ child }) => child.end()))
  return results
}

async function rateOf({ url }) {
  const { perSecond } = await cpuOfService(url, () => loadService(url, '/page/7', { duration: capacityS }))
  return Math.round(perSecond * share)
}

async function latencyOf({ url }, perSecond) {
  // What the neighbour has left to collect and to compile is not ours.
  await delay(500)
  const before = await cpuMicros(url)
  const latenciesMs = await steadyLoad(url, '/page/7', { perSecond, seconds: turnS })
  const after = await cpuMicros(url)
  return {
    p50: percentile(latenciesMs, 0.5),
    p99: percentile(latenciesMs, 0.99),
    busy: (after.threadMicros - before.threadMicros) / (turnS * 1e6),
  }
}
