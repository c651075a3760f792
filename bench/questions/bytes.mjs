// How large is an upload, for the same work?
import { setTimeout as delay } from 'node:timers/promises'
import { drive } from '../../examples/demo/load.mjs'
import { samplesOf } from '../../test/accuracy/samples.ts'
import { startChild } from '../lib/child.mjs'
import { reducedBytes } from '../lib/reduce.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { sum } from '../lib/stats.ts'

export async function ask({ full, node, variants }) {
  const uploadPeriodS = full ? 30 : 10
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
    results[name] = [{ bytes: upload.bytes, ...(await describe(upload)) }]
  }
  const bytes = (field) => ({ unit: 'bytes', digits: 0, ...valuesOf(results, (upload) => upload[field]) })
  const [ours, peer] = [results.ours?.[0], results.peer?.[0]]
  const ratio = (field) =>
    ours &&
    peer &&
    `${(ours[field] / ours.seconds / (peer.profileBytes / peer.seconds)).toFixed(2)} x, by second of the upload`
  const told = (upload) =>
    `${upload.attachments}; ${upload.samples} samples in ${upload.seconds.toFixed(1)} s`
  return [
    {
      what: `bytes of wall and space per upload of ${uploadPeriodS} s, ours with lines and trace ids`,
      target: "<= 1.3 x the peer's",
      ...bytes('profileBytes'),
      note: ratio('profileBytes'),
    },
    {
      what: 'the same reduced to what the peer tells',
      target: "<= 1.0 x the peer's",
      ...bytes('reduced'),
      note: ratio('reduced'),
    },
    { what: 'bytes of the whole request', ...bytes('bytes') },
    { what: 'of it', ...(ours && { ours: told(ours) }), ...(peer && { peer: told(peer) }) },
  ]
}

async function describe(upload) {
  const { event, files } = await upload.read()
  const profiles = [files['wall.pprof'], files['space.pprof']].filter(Boolean)
  return {
    seconds: (Date.parse(event.end) - Date.parse(event.start)) / 1_000,
    profileBytes: sum(profiles.map(({ bytes }) => bytes)),
    reduced: sum(profiles.map(({ pprof, compression }) => reducedBytes(pprof, compression))),
    attachments: Object.entries(files)
      .map(([name, { bytes }]) => `${name} ${bytes}`)
      .join(', '),
    samples: samplesOf(files['wall.pprof'].pprof).length,
  }
}
