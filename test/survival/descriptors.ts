import assert from 'node:assert/strict'
import { root, runChild } from './child'

/** So few that Node starts and the application soon has none left. */
const descriptors = 40

/**
 * F14: without a free file descriptor the application gets the errors that are its own, uploads fail and are counted, or their thread is gone in
 * one line; with descriptors the next upload arrives.
 */
export async function checkDescriptors(when: 'before' | 'after', line?: string): Promise<void> {
  const outcome = await runChild({
    ...{ file: 'test/fixtures/survival-descriptors.js', args: [root, when], agent: root, line },
    wrapper: ['sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh'],
    env: { DD_PROFILING_UPLOAD_PERIOD: '1', DD_PROFILING_UPLOAD_TIMEOUT: '5000' },
  })
  const { code, signal, stdout, stderr, uploads, leftovers } = outcome
  // A descriptor may be given back just in time for the last upload to be kept.
  const left = leftovers.filter((name) => !name.endsWith('.upload'))
  assert.deepEqual([code, signal, left], [0, null, []], stderr)
  const events = await Promise.all(uploads.map(async (upload) => (await upload.read()).event))
  const own = { own: ['EMFILE', 'EMFILE'], ownAfter: true, sentAfter: true }
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((text) => text.replace(/ to http:\S+/, ''))
  // At the end a descriptor may come free just in time for the last upload, which is then sent and not said to fail.
  const isLastSent = events.some(({ tags_profiler }) => tags_profiler.includes('snapshot:on_shutdown'))
  const fails = 'acme-profiler: uploads fail: EMFILE (network)'
  const failsLast = isLastSent ? [] : [fails]
  if (when === 'before') {
    const { dropped, ...rest } = JSON.parse(stdout)
    assert.deepEqual(rest, { ...own, first: 'sent', without: ['network', 'network'], running: true })
    assert.ok(dropped >= 2, `${dropped} are counted`)
    assert.deepEqual(lines, [fails, 'acme-profiler: uploads arrive again', ...failsLast])
  } else {
    const { without, running, dropped, ...rest } = JSON.parse(stdout)
    assert.deepEqual([rest, running, without[0]], [own, true, 'the uploader has ended'])
    assert.ok(dropped >= 1, `${dropped} are counted`)
    const [gone, ...others] = lines
    assert.match(
      gone ?? '',
      /^acme-profiler: the uploader's thread is gone: .*EMFILE.*; it is started again every 1 s$/,
    )
    assert.deepEqual(others, failsLast)
    assert.ok(events.at(-1)?.info.profiler.uploads.dropped.uploader_lost >= 1)
  }
}
