import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runChild } from './child'
import { allocationsEnv, countedAddon } from './counted-addon'

// Each take has 50 nodes and 50 names that no other has. A table of all of them grows by 5 KiB with each.
const takes = 100
const maxGrowthBytes = 65_536

test('what the heap sampler holds of code that is gone goes too', async (t) => {
  const { code, signal, stdout, stderr } = await runChild({
    file: 'test/fixtures/survival-heap-nodes.js',
    args: [countedAddon(), String(takes)],
    nodeArgs: ['--expose-gc'],
    env: allocationsEnv('heap-nodes'),
  })
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  const { inTheMiddle, atTheEnd } = JSON.parse(stdout) as { inTheMiddle: number; atTheEnd: number }
  t.diagnostic(`${inTheMiddle} bytes after ${takes / 2} takes, ${atTheEnd} after ${takes}`)
  assert.ok(atTheEnd < inTheMiddle + maxGrowthBytes, `${inTheMiddle}, then ${atTheEnd} bytes`)
})
