// How large is an upload, for the same work?
import { setTimeout as delay } from 'node:timers/promises'
import { drive } from '../../examples/demo/load.mjs'
import { samplesOf } from '../../test/accuracy/samples.ts'
import { cells, fixed } from '../lib/cells.mjs'
import { startChild } from '../lib/child.mjs'
import { reducedBytes } from '../lib/reduce.mjs'

export async function ask({ full, node, variants }) {
  const uploadPeriodS = full ? 60 : 10
  const results = {}
  for (const name of variants.filter((name) => name === 'ours' || name === 'peer')) {
    const port = String(20_000 + Math.floor(Math.random() * 20_000))
    const child = await startChild('bench/work/shop.js', {
      name,
      node,
      withTracing: true,
      uploadPeriodS,
      env: { PORT: port },
    })
    await child.report('listening')
    const load = drive(`http://127.0.0.1:${port}`)
    while (child.uploads.length < 2) await delay(200)
    await load.stop()
    const upload = child.uploads[1]
    await child.end()
    results[name] = { bytes: upload.bytes, ...(await describe(upload)) }
  }
  const field = (key) =>
    Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result[key]]))
  const { ours, peer } = results
  const ratio = (bytes) =>
    ours && peer ? `${(bytes / ours.seconds / (peer.profileBytes / peer.seconds)).toFixed(2)} x` : undefined
  return [
    {
      what: `bytes of wall and space per upload of ${uploadPeriodS} s, ours with lines and trace ids`,
      target: "<= 1.3 x the peer's",
      ...cells(field('profileBytes'), fixed(0)),
      note: ratio(ours?.profileBytes),
    },
    {
      what: 'the same reduced to what the peer tells',
      target: "<= 1.0 x the peer's",
      ...cells(field('reduced'), fixed(0)),
      note: ratio(ours?.reduced),
    },
    { what: 'bytes of the whole request', ...cells(field('bytes'), fixed(0)) },
    { what: 'of it', ...cells(field('attachments'), String) },
    { what: 'seconds in that upload; the ratios are by second', ...cells(field('seconds'), fixed(1)) },
    { what: 'samples in wall.pprof', ...cells(field('samples'), fixed(0)) },
  ]
}

async function describe(upload) {
  const { event, files } = await upload.read()
  const profiles = [files['wall.pprof'], files['space.pprof']].filter(Boolean)
  return {
    seconds: (Date.parse(event.end) - Date.parse(event.start)) / 1_000,
    profileBytes: total(profiles.map(({ bytes }) => bytes)),
    reduced: total(profiles.map(({ pprof, compression }) => reducedBytes(pprof, compression))),
    attachments: Object.entries(files)
      .map(([name, { bytes }]) => `${name} ${bytes}`)
      .join(', '),
    samples: samplesOf(files['wall.pprof'].pprof).length,
  }
}

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0)
