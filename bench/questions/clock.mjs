// Do the profiles add up to the clock and to the CPU time that the kernel counted?
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareClock } from '../../test/accuracy/clock-truth.ts'
import { startChild } from '../lib/child.mjs'

const programs = { 'busy program': '0', 'program idle half of the time': '0.5' }

export async function ask({ full, node, variants }) {
  const rows = []
  for (const [program, idleShare] of Object.entries(programs)) {
    const wall = { what: `sum of wall / clock, ${program}`, target: 'within 1 %' }
    const cpu = { what: `sum of cpu / rusage, ${program}`, target: 'within 3 %' }
    for (const name of variants.filter((name) => name === 'ours' || name === 'peer')) {
      const ratios = await measure(name, node, full ? 32 : 22, full ? 10 : 4, idleShare)
      wall[name] = spread(ratios.map((ratio) => ratio.wall))
      cpu[name] = spread(ratios.map((ratio) => ratio.cpu))
    }
    rows.push(wall, cpu)
  }
  return rows
}

const spread = (ratios) => `${percentOf(Math.min(...ratios))} .. ${percentOf(Math.max(...ratios))}`
const percentOf = (ratio) => `${(ratio * 100).toFixed(1)} %`

/** One ratio pair per interval that lies wholly within the work. */
async function measure(name, node, seconds, uploadPeriodS, idleShare) {
  const truthFile = join(tmpdir(), `truth-clock-${process.pid}.json`)
  const child = await startChild('test/fixtures/truth-clock.js', {
    name,
    node,
    uploadPeriodS,
    args: [String(seconds), truthFile, idleShare],
  })
  await child.report('done')
  const doneMs = Date.now()
  await child.nextUpload()
  child.kill('SIGTERM')
  await child.report('noted')
  await child.end()
  const { notes } = JSON.parse(readFileSync(truthFile, 'utf8'))
  return compareClock(child.uploads, notes, doneMs)
}
