import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import { root, runChild } from './child'
import { allocationsEnv, countedAddon } from './counted-addon'
import { copyOfPackage } from './package-copy'

/** What the addon holds after all rounds more than after the first two. */
const maxGrownBytes = 16_384

interface Outcome extends Record<'failed' | 'refused' | 'lost' | 'counted' | 'whole', number> {
  callsOfRound: number
  grownBytes: number
}

/** F13: the addon's allocations `first`, `first + step` and so on find no memory, one in each round of start, work, upload and stop. */
export function testWithoutMemory(
  line: string | undefined,
  { first, step, rounds }: { first: number; step: number; rounds: number },
): void {
  const which = `${rounds} allocations from the ${first}th on, each ${step}th`
  test(`${line ? `Node ${line}: ` : ''}without memory for ${which}`, async (t) => {
    const { code, signal, stdout, stderr } = await runChild({
      file: 'test/fixtures/survival-no-memory.js',
      args: [countedAddon(line), root, String(first), String(step), String(rounds)],
      line,
      env: allocationsEnv(`no-memory-${line}-${first}`),
      guardMs: 60_000 + rounds * 2_000,
    })
    assert.deepEqual([code, signal, stderr], [0, null, ''])
    t.diagnostic(stdout.trim())
    const { failed, refused, lost, counted, grownBytes } = JSON.parse(stdout) as Outcome
    assert.equal(failed, rounds)
    // Of the others what could not be had was asked for again, as interrupts are: how many of them there are is up to the machine.
    assert.ok(refused + lost + counted > 0.5 * rounds, stdout)
    assert.ok(grownBytes < maxGrownBytes, `${grownBytes} bytes stay`)
    figures({ failedAllocations: failed })
  })
}

/** The same in the whole agent: each interval that is lost is said and counted, and the next one is uploaded. */
export function testAgentWithoutMemory(rounds: number): void {
  test(`an agent that finds no memory in each second of ${2 * rounds} intervals`, async (t) => {
    const agent = copyOfPackage(undefined, countedAddon())
    const { code, signal, stdout, stderr, uploads } = await runChild({
      file: 'test/fixtures/survival-no-memory-agent.js',
      args: [agent, String(rounds)],
      env: allocationsEnv('no-memory-agent'),
    })
    const said = stderr.split('\n').slice(0, -1)
    t.diagnostic(`${said.length} intervals lost, ${uploads.length} uploads`)
    assert.deepEqual([code, signal], [0, null], stderr)
    assert.deepEqual([...new Set(said)], ['acme-profiler: an interval could not be collected: out of memory'])
    const status = JSON.parse(stdout) as { running: boolean; uploads: { dropped: number } }
    assert.deepEqual([status.running, status.uploads.dropped], [true, said.length])
    // The first, each of those in which nothing failed, and the last.
    assert.ok(uploads.length >= rounds + 2, `${uploads.length} uploads`)
    const last = await uploads.at(-1)?.read()
    assert.deepEqual(last?.event.info.profiler.uploads.dropped, { collect_failed: said.length })
  })
}
