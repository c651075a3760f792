import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { nodeBinary, startProfiled } from './agent'
import { compareLabels } from './label-truth'
import { samplesOfUploads } from './receiver'

const lines: [string, string[]][] = [
  ['22', ['--experimental-async-context-frame']],
  ['24', []],
  ['26', []],
]

for (const [line, flags] of lines) {
  test(`no sample has a wrong span, on Node ${line}`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'truth-labels-'))
    atEnd(context, () => rmSync(folder, { recursive: true }))
    const truthFile = join(folder, 'truth.json')
    const program = await startProfiled('test/fixtures/truth-labels.js', {
      node: nodeBinary(line),
      nodeArgs: ['--max-semi-space-size=1', ...flags, '--require', join(__dirname, '../fixtures/tracing.js')],
      env: { ACME_PROFILING_SAMPLING_HZ: '1000' },
      args: ['5', truthFile],
    })
    await program.report('done')
    await program.end()
    const samples = await samplesOfUploads(program.uploads, 'wall.pprof')
    const counts = compareLabels(samples, JSON.parse(readFileSync(truthFile, 'utf8')).spanIds)
    figures({ samplesInSpans: counts.inSpan, wrongSpans: counts.wrong })
    assert.ok(counts.inSpan > 1_000 && counts.outside > 10, JSON.stringify(counts))
    assert.equal(counts.wrong, 0, JSON.stringify(counts))
    assert.ok(counts.unlabelled <= 0.002 * counts.inSpan, JSON.stringify(counts))
  })
}
