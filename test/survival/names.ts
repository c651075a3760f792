import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { atEnd } from '../helpers/at-end'
import { root, runChild } from './child'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-names-'))
after(() => rmSync(folder, { recursive: true }))

/** An intake on one address; uploads that came to it are counted. */
async function intakeAt(t: TestContext, host: string, port: number) {
  const intake = { port: 0, uploads: 0 }
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      intake.uploads++
      response.end('{}')
    })
  })
  await once(server.listen(port, host), 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  intake.port = (server.address() as AddressInfo).port
  return intake
}

/** F11: uploads fail in the way that is said, the application has the whole of libuv's pool, and nobody waits for a name server at the end. */
export async function checkNames(t: TestContext, line?: string): Promise<void> {
  const library = join(folder, `names-${line}.so`)
  execFileSync('gcc', ['-shared', '-fPIC', join(root, 'test/native/hostile_names.c'), '-o', library, '-ldl'])
  const first = await intakeAt(t, '127.0.0.1', 0)
  const second = await intakeAt(t, '127.0.0.2', first.port)
  const url = `http://intake.test:${first.port}`
  const outcome = await runChild({
    ...{ file: 'test/fixtures/survival-names.js', args: [root], agent: root, line, url },
    env: {
      ...{ LD_PRELOAD: library, HOSTILE_NAMES: join(folder, `names-${line}`), UV_THREADPOOL_SIZE: '1' },
      ...{ DD_PROFILING_UPLOAD_PERIOD: '1', DD_PROFILING_UPLOAD_TIMEOUT: '1000' },
      ACME_PROFILING_SHUTDOWN_TIMEOUT: '500',
    },
  })
  assert.deepEqual([outcome.code, outcome.signal], [0, null], outcome.stderr)
  assert.deepEqual(JSON.parse(outcome.stdout), { pendingAfterOwnWork: 1, pendingAtTheEnd: 1 })
  const ours = `acme-profiler: uploads to ${url} `
  assert.deepEqual(
    [...new Set(outcome.stderr.trimEnd().split('\n'))].sort(),
    ['arrive again', 'fail: ENOTFOUND (network)', 'fail: timeout (timeout)'].map((what) => ours + what),
  )
  // After it has arrived again, one that was kept meanwhile is sent too.
  assert.ok(first.uploads >= 2 && second.uploads >= 1, `${first.uploads}, ${second.uploads}`)
}
