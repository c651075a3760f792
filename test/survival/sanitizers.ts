import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { figures } from '../figures'
import { type Child, runPlain, runChild as runUnderNode } from './child'
import { assertSameEnd, assertUploaded, cell, cells, type End, type Place } from './matrix'
import { addonOf } from './package-copy'
import {
  canaryLibrary,
  type SanitizerName,
  sanitizedEnv,
  sanitizedPackage,
  sanitizers,
  whyNot,
  withoutForeignLeaks,
} from './sanitized'

export interface Extent {
  cells: readonly (readonly [Place, End])[]
  rounds: number
  cycles: number
  seeds: readonly number[]
}

async function runChild(child: Child) {
  const outcome = await runUnderNode(child)
  return { ...outcome, stderr: withoutForeignLeaks(outcome.stderr) }
}

/** Runs a part of the matrix with an addon that one sanitizer watches. Nothing it says is on standard error, or the run has failed. */
export function testUnder(name: SanitizerName, extent: Extent): void {
  describe(`under ${name} sanitizer`, { skip: whyNot(name) }, () => {
    let agent = ''
    let cycles = 0
    after(() => figures({ cycles }))
    let canary = ''
    before(async () => {
      canary = await canaryLibrary(name)
      agent = await sanitizedPackage(name)
    })
    const sanitized = (child: Child): Child => ({ ...child, env: { ...child.env, ...sanitizedEnv(name) } })

    // Without these a run that reports nothing has shown nothing.
    for (const [fault, report] of Object.entries(sanitizers[name].canaries)) {
      test(`${fault} is reported`, async () => {
        const file = 'test/fixtures/survival-canary.js'
        const { stderr } = await runChild(sanitized({ file, args: [canary], env: { CANARY: fault } }))
        assert.match(stderr, report)
      })
    }

    for (const [place, end] of extent.cells) {
      test(`${place}, ${end}`, async () => {
        const child = cell(place, end, 'both')
        const outcome = await runChild(sanitized({ ...child, agent }))
        assertSameEnd(outcome, await runPlain(child))
        await assertUploaded(outcome, 'both')
      })
    }

    test('workers terminated at any moment', async () => {
      const file = 'test/fixtures/survival-workers.js'
      const child = sanitized({ file, args: [String(extent.rounds), '10'], agent })
      const { code, signal, stdout, stderr } = await runChild(child)
      assert.deepEqual(
        { code, signal, stdout, stderr },
        { code: 0, signal: null, stdout: 'all terminated\n', stderr: '' },
      )
    })

    test('start and stop under a storm of SIGPROF', async () => {
      const args = [addonOf(agent, undefined), String(extent.cycles)]
      const file = 'test/fixtures/survival-cycles.js'
      // 0.15 s each on a machine that is idle.
      const guardMs = 60_000 + extent.cycles * 1_000
      const { code, signal, stdout, stderr } = await runChild(sanitized({ file, args, guardMs }))
      assert.deepEqual(
        { code, signal, stdout, stderr },
        { code: 0, signal: null, stdout: 'alive\n', stderr: '' },
      )
      cycles = extent.cycles
    })

    for (const seed of extent.seeds) {
      test(`the API in any order, seed ${seed}`, async () => {
        const args = [agent, String(seed), '40']
        const child = sanitized({ file: 'test/fixtures/survival-random.js', args })
        const { code, signal, stdout, stderr } = await runChild(child)
        assert.deepEqual(
          { code, signal, stdout, stderr },
          { code: 0, signal: null, stdout: 'all ended\n', stderr: '' },
        )
      })
    }
  })
}

/** What `npm test` has time for. */
export const short: Extent = {
  cells: [
    ['main', 'return'],
    ['main', 'exit'],
    ['main', 'SIGTERM'],
    ['worker', 'return'],
    ['worker', 'terminate'],
    ['worker', 'oom'],
    ['nested', 'main-exits'],
  ],
  rounds: 2,
  cycles: 50,
  seeds: [1],
}

/** Every cell of the matrix. */
export const long: Extent = {
  cells: cells
    .filter(({ place, end }) => place !== 'main' || end !== 'oom')
    .map(({ place, end }) => [place, end]),
  rounds: 20,
  cycles: 500,
  seeds: Array.from({ length: 20 }, (_, seed) => seed),
}
