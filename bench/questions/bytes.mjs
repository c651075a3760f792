// How large is an upload, for the same work?
import { setTimeout as delay } from 'node:timers/promises'
import { drive } from '../../examples/demo/load.mjs'
import { startChild } from '../lib/child.mjs'
import { samplesOf } from '../lib/profile.mjs'
import { cells, fixed } from '../lib/table.mjs'

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
  const ratio =
    results.ours && results.peer ? `${(results.ours.bytes / results.peer.bytes).toFixed(2)} x` : undefined
  return [
    {
      what: `bytes per upload of ${uploadPeriodS} s`,
      target: "<= 1.0 x the peer's",
      ...cells(field('bytes'), fixed(0)),
      note: ratio,
    },
    { what: 'of it', ...cells(field('files'), String) },
    { what: 'samples in wall.pprof', ...cells(field('samples'), fixed(0)) },
  ]
}

async function describe(upload) {
  const { files } = await upload.read()
  return {
    files: Object.entries(files)
      .map(([name, { bytes }]) => `${name} ${bytes}`)
      .join(', '),
    samples: samplesOf(files['wall.pprof'].pprof).length,
  }
}
