// Does the heap profile show what is alive, interval after interval, without forcing collections?

import { setTimeout as delay } from 'node:timers/promises'
import { samplesOf, sum } from '../../test/accuracy/samples.ts'
import { startChild } from '../lib/child.mjs'

const retainedMegabytes = 200
const garbageMegabytesPerInterval = 200

export async function ask({ full, alone, node, variants }) {
  const uploadPeriodS = alone ? 30 : full ? 5 : 4
  const intervals = alone ? 10 : full ? 6 : 3
  const garbagePerSecond = garbageMegabytesPerInterval / uploadPeriodS
  const rows = { live: {}, major: {} }
  for (const name of variants.filter((name) => name !== 'tracing')) {
    const args = [retainedMegabytes, garbagePerSecond, uploadPeriodS * (intervals + 2)].map(String)
    const child = await startChild('test/fixtures/truth-heap.js', { name, node, uploadPeriodS, args })
    await child.report('retained')
    const firstWhole = child.uploads.length
    const { majorCollections } = await child.report('done')
    rows.major[name] = String(majorCollections)
    while (name !== 'none' && child.uploads.length < firstWhole + intervals) await delay(100)
    await child.end()
    const live = []
    for (const upload of child.uploads.slice(firstWhole, firstWhole + intervals)) {
      const samples = samplesOf((await upload.read()).files['space.pprof'].pprof)
      live.push(sum(samples.filter(isRetained), 'inuse_space') / 2 ** 20)
    }
    if (live.length > 0) rows.live[name] = live.map((megabytes) => megabytes.toFixed(0)).join(', ')
  }
  return [
    {
      what: `live MB by interval where ${retainedMegabytes} MB stay, ${garbageMegabytesPerInterval} MB of garbage each`,
      target: 'within 10 %, each',
      ...rows.live,
    },
    { what: 'major collections meanwhile', target: 'as without', ...rows.major },
  ]
}

const isRetained = ({ frames }) => frames.some(({ name }) => name === 'retain')
