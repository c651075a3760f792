// What does the profiler add to a request of a traced, saturated web service?
import autocannon from 'autocannon'
import { cells, fixed } from '../lib/cells.mjs'
import { startChild } from '../lib/child.mjs'
import { alternate, median, medianInterval, medianOf } from '../lib/stats.ts'
import { stolenCpus } from '../lib/stolen-cpu.mjs'

const connections = 20

export async function ask({ full, node, variants }) {
  const measuredS = full ? 20 : 6
  const names = variants.filter((name) => name !== 'none')
  const results = await alternate(names, full ? 10 : 1, async (name) => {
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
  const paired = names.includes('ours') ? await offAndOn({ node, pairs: full ? 40 : 6 }) : undefined
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
    ...(paired === undefined
      ? []
      : [
          {
            what: 'added to tracing only, application thread, off and on in one process',
            target: '<= 3 %',
            ours: signed(paired.added.median),
            note: `median of ${paired.pairs} pairs, 95 % of it ${signed(paired.added.from)} to ${signed(paired.added.to)}; ${paired.note}`,
          },
        ]),
    { what: 'requests per second', ...cells(medians('perSecond'), fixed(0)) },
    { what: 'latency p99', ...cells(medians('p99Ms'), fixed(0, 'ms')), note: `${connections} connections` },
  ]
}

const blockS = 2

/**
 * The same process with the profiler off and on in turns (off on, on off, ...): what compiled code, memory and a neighbour on the same
 * machine make of two processes is larger than what is to be measured.
 */
async function offAndOn({ node, pairs }) {
  const child = await startChild('bench/work/spans-server.js', { name: 'ours', node, withTracing: true })
  const { url } = await child.report('listening')
  await load(url, 13)
  const blocks = { off: [], on: [] }
  const stolen = []
  for (let pair = 0; pair < pairs; pair++)
    for (const state of pair % 2 === 0 ? ['off', 'on'] : ['on', 'off']) {
      await fetch(`${url}/profiler/${state}`)
      await load(url, 1) // starting is not what is asked here
      const stolenSince = stolenCpus()
      const before = await cpu(url)
      const { requests } = await load(url, blockS)
      const after = await cpu(url)
      blocks[state].push((after.threadMicros - before.threadMicros) / requests.total)
      stolen.push(stolenSince())
    }
  await child.end()
  const added = medianInterval(blocks.on.map((on, pair) => on / blocks.off[pair] - 1))
  const least = fixed(1, 'us')
  return {
    pairs,
    added,
    note: `least of all blocks ${least(Math.min(...blocks.off))} off, ${least(Math.min(...blocks.on))} on; the machine's host took ${median(stolen).toFixed(2)} CPUs away`,
  }
}

const load = (url, duration) => autocannon({ url: `${url}/page/7`, connections, duration })
const cpu = async (url) => (await fetch(`${url}/cpu`)).json()
