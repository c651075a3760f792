import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root, runChild } from './child'
import { addonOf } from './package-copy'

// V8: SIGPROF goes to the threads that run JavaScript. What else is in the process is not to notice.
const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-neighbour-'))
after(() => rmSync(folder, { recursive: true }))

test("another addon's system calls: on threads of its own none is interrupted, on a JavaScript thread those that the system does not restart", async (t) => {
  const neighbour = join(folder, 'neighbour.node')
  const include = join(process.execPath, '../../include/node')
  const source = join(root, 'test/native/neighbour.c')
  execFileSync('gcc', ['-shared', '-fPIC', '-pthread', `-I${include}`, source, '-o', neighbour])
  const run = async (isSampled: boolean) => {
    const { code, signal, stdout, stderr } = await runChild({
      file: 'test/fixtures/survival-neighbour.js',
      args: [neighbour, addonOf(root, undefined), String(isSampled)],
    })
    assert.deepEqual([code, signal, stderr], [0, null, ''])
    return JSON.parse(stdout) as Record<string, number>
  }
  const plain = await run(false)
  assert.deepEqual(
    Object.values(plain).filter((count) => count > 0),
    [],
    'without the profiler nobody sends a signal',
  )
  const sampled = await run(true)
  t.diagnostic(`at 1 kHz: ${JSON.stringify(sampled)}`)
  const restarted = Object.entries(sampled).filter(
    ([call]) => call.endsWith('its own thread') || call.startsWith('recv'),
  )
  assert.deepEqual(
    restarted.filter(([, count]) => count > 0),
    [],
  )
  // Else nothing was sampled, and the zeros above mean nothing.
  assert.ok((sampled['poll, JavaScript thread'] as number) > 0)
})
