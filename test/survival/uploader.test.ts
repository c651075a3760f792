import assert from 'node:assert/strict'
import { test } from 'node:test'
import { root, runChild } from './child'

const faults = {
  refused: 'planted',
  dies: 'planted',
  fails: "Cannot read properties of undefined (reading 'git')",
}
for (const [how, why] of Object.entries(faults))
  test(`the uploader's thread ${how}: one line says so, it is counted, and the next one uploads`, async () => {
    const outcome = await runChild({
      ...{ file: 'test/fixtures/survival-no-uploader.js', args: [how, root], agent: root },
      env: { DD_PROFILING_UPLOAD_PERIOD: '1' },
    })
    const { code, signal, stdout, stderr, leftovers } = outcome
    assert.deepEqual([code, signal, leftovers], [0, null, []], stderr)
    assert.equal(
      stderr,
      `acme-profiler: the uploader's thread is gone: ${why}; it is started again every 1 s\n`,
    )
    assert.deepEqual(JSON.parse(stdout), { failed: true, running: true, dropped: 1 })
    const last = await outcome.uploads.at(-1)?.read()
    assert.match(last?.event.tags_profiler, /snapshot:on_shutdown/)
    assert.deepEqual(last?.event.info.profiler.uploads.dropped, { uploader_lost: 1 })
    assert.ok(last?.event.info.profiler.uploads.sent > 0)
  })
