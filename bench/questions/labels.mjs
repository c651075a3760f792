// Does every sample carry the span that really was active?
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareLabels } from '../../test/accuracy/label-truth.ts'
import { samplesOfUploads } from '../../test/accuracy/receiver.ts'
import { startChild } from '../lib/child.mjs'

const env = { ACME_PROFILING_SAMPLING_HZ: '1000' } // the peer has no such knob: 99 Hz
const argsOf = (node) => [
  '--max-semi-space-size=1',
  // Labels of the other mode are another question: some samples have none.
  ...(node === '22' ? ['--experimental-async-context-frame'] : []),
]

export async function ask({ full, alone, node, variants }) {
  const uploadPeriodS = full ? 30 : 5
  const rows = { wrong: {}, unlabelled: {}, samples: {} }
  for (const name of variants.filter((name) => name === 'ours' || name === 'peer')) {
    const truthFile = join(tmpdir(), `truth-labels-${process.pid}-${name}.json`)
    const seconds = name !== 'ours' ? 10 : alone ? 360 : full ? 60 : 10
    const args = [String(seconds), truthFile]
    const child = await startChild('test/fixtures/truth-labels.js', {
      name,
      node,
      withTracing: true,
      uploadPeriodS,
      env,
      nodeArgs: argsOf(node),
      args,
    })
    await child.report('done')
    await child.nextUpload()
    await child.end()
    const samples = await samplesOfUploads(child.uploads, 'wall.pprof')
    const counts = compareLabels(samples, JSON.parse(readFileSync(truthFile, 'utf8')).spanIds)
    rows.wrong[name] = String(counts.wrong)
    rows.unlabelled[name] =
      `${((counts.unlabelled / counts.inSpan) * 100).toFixed(3)} % (${counts.unlabelled})`
    rows.samples[name] = `${counts.inSpan} in spans, ${counts.outside} outside`
  }
  return [
    { what: 'samples with a wrong span label, concurrent flows under heavy GC', target: '0', ...rows.wrong },
    { what: 'samples inside a span without a label', target: '<= 0.1 %', ...rows.unlabelled },
    { what: 'samples compared', ...rows.samples, note: 'ours 1 kHz, the peer 99 Hz' },
  ]
}
