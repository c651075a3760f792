import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, runProgram } from './compile'

test('the handler, the ring and an onlooker have no data race, under TSAN', async (t) => {
  const path = await compile('handler_check', ['native/sigprof.cc', 'native/leaf_frame.cc'], 'thread')
  const canary = runProgram(path, ['planted-race'])
  assert.match(canary.stderr, /WARNING: ThreadSanitizer: data race/)
  assert.notEqual(canary.end, 0)
  const { stdout, stderr, end } = runProgram(path, ['100000'])
  assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
  t.diagnostic(`${stdout}, 0 reports, the canary reported`)
})
