import assert from 'node:assert/strict'
import { root, runChild } from './child'

/** V4: `operations` calls of the API in an order that the seed decides, at 1 to 10 kHz; every call comes to an end. */
export async function checkRandom(seed: number, operations: number, line?: string): Promise<void> {
  const { code, signal, stdout, stderr, leftovers } = await runChild({
    file: 'test/fixtures/survival-random.js',
    args: [root, String(seed), String(operations)],
    env: { ACME_PROFILING_SAMPLING_HZ: String(1_000 + ((seed * 3_333) % 9_001)) },
    agent: seed % 2 === 0 ? root : undefined,
    line,
  })
  assert.deepEqual(
    { code, signal, stdout, stderr, leftovers },
    { code: 0, signal: null, stdout: 'all ended\n', stderr: '', leftovers: [] },
  )
}
