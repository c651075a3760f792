import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { figures } from '../figures'
import { atEnd } from '../helpers/at-end'
import { eventually } from '../intake/eventually'
import { nodeBinary, startProfiled } from './agent'
import { compareClock, compareClockInAll } from './clock-truth'

for (const line of ['24']) {
  for (const idleShare of ['0', '0.5']) {
    test(`profiles add up to clock and rusage, idle share ${idleShare}, on Node ${line}`, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), 'truth-clock-'))
      atEnd(context, () => rmSync(folder, { recursive: true }))
      const truthFile = join(folder, 'truth.json')
      const program = await startProfiled('test/fixtures/truth-clock.js', {
        node: nodeBinary(line),
        args: ['3600', truthFile, idleShare],
      })
      // The first begins before the work does, the others lie within it.
      await eventually(() => program.uploads.length >= 4 || undefined)
      const doneMs = Date.now()
      program.kill('SIGTERM')
      await program.report('noted')
      await program.exited
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
      assert.ok(ratios.length >= 3, `${ratios.length} intervals lie within the work`)
      for (const clock of ['wall', 'cpu'] as const) {
        const errors = ratios.map((ratio) => Math.abs(ratio[clock] - 1))
        figures({ [`${clock} error, idle share ${idleShare}`]: Math.max(...errors) })
      }
      const { wall, cpu } = await compareClockInAll(program.uploads, notes, doneMs)
      assert.ok(Math.abs(wall - 1) <= 0.01, `wall ${wall}, of each ${JSON.stringify(ratios)}`)
      assert.ok(Math.abs(cpu - 1) <= 0.03, `cpu ${cpu}, of each ${JSON.stringify(ratios)}`)
    })
  }
}
