import assert from 'node:assert/strict'
import { root, runChild } from './child'
import { assertUploaded } from './matrix'

const workers = 8

/**
 * V3: half of the workers die of their own memory, and all are sampled while V8 collects garbage without a pause. The process lives.
 * @returns figures
 */
export async function checkStorm(seconds: number, line?: string): Promise<Record<string, number>> {
  const outcome = await runChild({
    ...{
      file: 'test/fixtures/survival-storm.js',
      args: [String(workers), String(seconds)],
      agent: root,
      line,
    },
    nodeArgs: ['--max-old-space-size=64'],
    env: { DD_PROFILING_HEAP_SAMPLING_INTERVAL: '16384' },
    guardMs: seconds * 1_000 + 120_000,
  })
  const { code, signal, stdout, stderr, leftovers } = outcome
  assert.deepEqual([code, signal, stderr, leftovers], [0, null, '', []])
  const { ended, outOfMemory, other } = JSON.parse(stdout)
  assert.deepEqual(other, [])
  assert.ok(ended >= workers / 2 && outOfMemory > 0, stdout)
  await assertUploaded(outcome, 'both')
  return { stormSeconds: seconds, stormWorkers: ended + outOfMemory, outOfMemory }
}
