import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Child, otherLines, root, runChild, runPlain } from './child'
import { assertSameEnd, assertUploaded } from './matrix'

const program = (mode: string, signals: NodeJS.Signals[], options: Partial<Child> = {}): Child => ({
  file: 'test/fixtures/survival-signals.js',
  args: [mode, root],
  signals,
  agent: root,
  ...options,
})

async function checkSame(child: Child) {
  const outcome = await runChild(child)
  assertSameEnd(outcome, await runPlain(child))
  return outcome
}

describe("signals are the application's", { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    const title = line ? `Node ${line}: ` : ''

    test(`${title}a listener that exits, exits`, async () => {
      const outcome = await checkSame(program('exits', ['SIGTERM'], { line }))
      assert.deepEqual([outcome.code, outcome.stdout], [5, 'ready\nown\n'])
      await assertUploaded(outcome, 'both')
    })

    test(`${title}a listener that stays, stays`, async () => {
      const outcome = await checkSame(program('counts', ['SIGTERM', 'SIGTERM'], { line }))
      assert.deepEqual([outcome.code, outcome.stdout], [6, 'ready\nfirst\nsecond\n'])
      await assertUploaded(outcome, 'both')
    })

    test(`${title}a listener that was there before the profiler comes first too`, async () => {
      const child = program('listens-first', ['SIGTERM', 'SIGTERM'], { line })
      const outcome = await runChild({ ...child, agent: undefined })
      assert.deepEqual([outcome.code, outcome.stdout], [6, 'ready\nfirst\nsecond\n'])
      await assertUploaded(outcome, 'both')
    })

    // Node itself gives SIGTERM back its default at start, and leaves SIGHUP as it finds it or does not: as without us.
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      test(`${title}${signal}, which the parent ignores`, async () => {
        const wrapper = ['sh', '-c', 'trap "" TERM INT HUP; exec "$@"', 'sh']
        await checkSame(program('ignores', [], { line, wrapper, args: ['ignores', root, signal] }))
      })
    }

    test(`${title}a stuck event loop: the signal ends it, what it hangs in has been uploaded`, async () => {
      const outcome = await runChild(program('stuck-later', ['SIGTERM'], { line }))
      assert.deepEqual([outcome.signal, outcome.stderr], ['SIGTERM', ''])
      await assertUploaded(outcome, 'both')
    })
  }

  test('a second signal ends it at once, whatever the upload does', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const url = 'http://192.0.2.1:9' // a network that never answers
      const env = { ACME_PROFILING_SHUTDOWN_TIMEOUT: '40000' }
      const outcome = await runChild(program('none', [signal], { url, env, isInsistent: true }))
      assert.equal(outcome.signal, signal)
      assert.ok(outcome.tookMs < 30_000, `${outcome.tookMs} ms`)
    }
  })

  test('a stuck event loop before there is an upload thread: the signal ends it', async () => {
    const outcome = await runChild(program('stuck', ['SIGTERM']))
    assert.deepEqual([outcome.signal, outcome.stderr], ['SIGTERM', ''])
  })
})
