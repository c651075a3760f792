import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { nodeBinary, startProfiled } from './agent'
import { compareLines } from './line-truth'
import { samplesOfUploads } from './receiver'

const file = 'test/fixtures/truth-lines.js'

for (const line of ['20', '24']) {
  test(`every frame has the line that was running, on Node ${line}`, async () => {
    const env = { ACME_PROFILING_SAMPLING_HZ: '500' }
    const program = await startProfiled(file, { node: nodeBinary(line), args: ['3'], env })
    await program.report('done')
    await program.end()
    const samples = await samplesOfUploads(program.uploads, 'wall.pprof')
    const counts = compareLines(samples, join(__dirname, '../..', file))
    figures({ [`line error, Node ${line}`]: 1 - counts.right / counts.samples })
    assert.ok(counts.samples > 300, `${counts.samples} samples`)
    // The full run of the bench has 99 % as its target; here it is a few hundred samples.
    assert.ok(counts.right >= 0.97 * counts.samples, JSON.stringify(counts))
  })
}
