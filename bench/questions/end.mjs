// Is the last profile of a process uploaded, however it ends, and is the way of ending unchanged?

import { samplesOfUploads } from '../../test/accuracy/receiver.ts'
import { sum } from '../../test/accuracy/samples.ts'
import { startChild } from '../lib/child.mjs'

const workMs = 4_000
const ways = { exit: 'process.exit(7)', term: 'SIGTERM', throw: 'uncaught exception', natural: 'natural end' }

export async function ask({ node, variants }) {
  const names = variants.filter((name) => name === 'ours' || name === 'peer')
  const rows = []
  for (const [way, what] of Object.entries(ways)) {
    const row = { what: `uploads on ${what}`, target: '1' }
    for (const name of ['none', ...names]) row[name] = await endOnce(name, node, way)
    rows.push(row)
  }
  return rows
}

async function endOnce(name, node, way) {
  const child = await startChild('bench/work/end.js', { name, node, args: [way, String(workMs)] })
  const { livedMs } = await child.report('ending')
  const endingAt = Date.now()
  if (way === 'term') child.kill('SIGTERM')
  const { code, signal } = await child.exited
  const exitMs = Date.now() - endingAt
  await child.end()
  const status = `${code ?? signal}, ${exitMs} ms`
  if (name === 'none') return status
  const wallMs = sum(await samplesOfUploads(child.uploads, 'wall.pprof'), 'wall') / 1e6
  return `${child.uploads.length} (${((wallMs / livedMs) * 100).toFixed(0)} % of the time in it; ${status})`
}
