import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { nodeBinary, startProfiled } from './agent'
import { compareClock } from './clock-truth'

for (const line of ['24']) {
  for (const idleShare of ['0', '0.5']) {
    test(`profiles add up to clock and rusage, idle share ${idleShare}, on Node ${line}`, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), 'truth-clock-'))
      context.after(() => rmSync(folder, { recursive: true }))
      const truthFile = join(folder, 'truth.json')
      const program = await startProfiled('test/fixtures/truth-clock.js', {
        node: nodeBinary(line),
        args: ['22', truthFile, idleShare],
      })
      await program.report('done')
      const doneMs = Date.now()
      await program.nextUpload()
      program.kill('SIGTERM')
      await program.report('noted')
      await program.end()
      const events = await Promise.all(program.uploads.map(async (upload) => (await upload.read()).event))
      const starts = events.slice(1).map(({ start }) => start)
      assert.deepEqual(
        starts,
        events.slice(0, -1).map(({ end }) => end),
        'each interval starts where the one before it ended',
      )
      const { notes } = JSON.parse(readFileSync(truthFile, 'utf8'))
      const ratios = await compareClock(program.uploads, notes, doneMs)
      assert.ok(ratios.length > 0, 'no interval lies within the work')
      for (const clock of ['wall', 'cpu'] as const) {
        const errors = ratios.map((ratio) => Math.abs(ratio[clock] - 1))
        figures({ [`${clock} error, idle share ${idleShare}`]: Math.max(...errors) })
      }
      for (const { wall, cpu } of ratios) {
        assert.ok(Math.abs(wall - 1) <= 0.01, JSON.stringify(ratios))
        assert.ok(Math.abs(cpu - 1) <= 0.03, JSON.stringify(ratios))
      }
    })
  }
}
