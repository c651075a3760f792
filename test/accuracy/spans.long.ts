import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { nodeBinary, startProfiled } from './agent'
import { samplesOfUploads } from './receiver'
import { compareSpans, type SpanTime } from './span-truth'

const spans = 250
/** Ends with whoever started it. */
const endless = 'for (const parent = process.ppid; process.ppid === parent; );'

// A tick that comes late stands for more: the sum inside a span must be right all the same, if not for each then for many.
for (const [beside, cpuMs] of [
  [0, 40],
  [2, 40],
  [2, 15],
] as const) {
  test(`${spans} spans of ${cpuMs} ms CPU beside ${beside} busy processes add up to what they took`, async (t) => {
    const busy = Array.from({ length: beside }, () => spawn(process.execPath, ['-e', endless]))
    atEnd(t, () => busy.map((child) => child.kill('SIGKILL')))
    const program = await startProfiled('test/fixtures/truth-spans.js', {
      node: nodeBinary('24'),
      uploadPeriodS: 3_600,
      args: [String(spans), String(cpuMs), '30'],
    })
    const { truth } = await program.report<{ truth: SpanTime[] }>('spans')
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    await program.end()
    const ratios = compareSpans(await samplesOfUploads(program.uploads, 'wall.pprof'), truth)
    for (const clock of ['cpu', 'wall'] as const) {
      const { total, scatter } = ratios[clock]
      const standardError = scatter / Math.sqrt(spans)
      const name = `${clock} of spans of ${cpuMs} ms beside ${beside}`
      figures({ [`${name}, bias`]: total - 1, [`${name}, scatter`]: scatter })
      t.diagnostic(
        `${name}: ${total.toFixed(4)} +- ${standardError.toFixed(4)}, scatter ${scatter.toFixed(3)}`,
      )
      assert.ok(Math.abs(total - 1) <= 0.02 + 4 * standardError, JSON.stringify(ratios))
    }
  })
}
