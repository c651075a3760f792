import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { figures } from '../figures'
import { type Child, root, runChild, runPlain } from './child'
import { assertSameEnd, assertUploaded, cell, type End, type Place } from './matrix'
import { addonOf } from './package-copy'

/** G1: runs a part of the matrix where a handler that allocates, frees, locks or changes errno ends the process. */
export function testUnderGuard(
  lines: readonly (string | undefined)[],
  extent: { cells: readonly (readonly [Place, End])[]; cycles: number },
): void {
  const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-guard-'))
  const compile = (name: string, ...flags: string[]) => {
    const output = join(folder, name)
    execFileSync('gcc', ['-O1', join(root, `test/native/${name}.c`), ...flags, '-o', output])
    return output
  }
  const guard = compile('signal_guard', '-shared', '-fPIC', '-ldl', '-pthread')
  const canary = compile('signal_guard_canary', '-fno-builtin', '-pthread')
  const countFile = join(folder, 'count')
  const env = { LD_PRELOAD: guard, SIGNAL_GUARD_COUNT: countFile }
  const watched = () =>
    existsSync(countFile)
      ? readFileSync(countFile, 'utf8')
          .split('\n')
          .reduce((sum, line) => sum + Number(line), 0)
      : 0
  after(() => {
    figures({ guardedSignals: watched() })
    rmSync(folder, { recursive: true })
  })

  // Without these a run that reports nothing has shown nothing.
  for (const fault of ['malloc', 'calloc', 'free', 'pthread_mutex_lock', 'errno changed']) {
    test(`a handler with ${fault} is found`, () => {
      const { signal, stderr } = spawnSync(canary, [fault], { env, encoding: 'utf8' })
      assert.deepEqual([signal, stderr], ['SIGABRT', `signal guard: ${fault} in a SIGPROF handler\n`])
    })
  }
  test('a handler without any of them passes', () => {
    assert.equal(spawnSync(canary, [], { env }).status, 0)
  })

  for (const line of lines) {
    describe(`${line ? `Node ${line}: ` : ''}the handler under the guard`, { concurrency: 2 }, () => {
      const guarded = (child: Child): Child => ({ ...child, env: { ...child.env, ...env } })
      for (const [place, end] of extent.cells) {
        test(`${place}, ${end}`, async () => {
          const child = cell(place, end, 'both', { line })
          const before = watched()
          const outcome = await runChild(guarded(child))
          assertSameEnd(outcome, await runPlain(child))
          await assertUploaded(outcome, 'both')
          if (!end.startsWith('SIG')) assert.ok(watched() > before + 10, 'no signal was watched')
        })
      }

      test(`${extent.cycles} starts and stops under a storm of SIGPROF`, async () => {
        const args = [addonOf(root, line), String(extent.cycles)]
        const child = guarded({ file: 'test/fixtures/survival-cycles.js', args, line })
        const { code, signal, stdout, stderr } = await runChild(child)
        assert.deepEqual([code, signal, stdout, stderr], [0, null, 'alive\n', ''])
      })
    })
  }
}
