import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { otherLines, root, runChild } from './child'

const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-latch-'))
after(() => rmSync(folder, { recursive: true }))

/** An application with a folder of its own for what it leaves behind. */
function application(name: string, line?: string) {
  const directory = join(folder, name)
  const start = async (how: string, signals: NodeJS.Signals[] = []) => {
    const outcome = await runChild({
      ...{ file: 'test/fixtures/survival-latch.js', args: [how], signals, agent: root, line },
      env: {
        ...{ ACME_PROFILING_SPOOL_DIR: directory, ACME_PROFILING_SHUTDOWN_TIMEOUT: '0' },
        DD_PROFILING_ENABLED: 'true',
      },
    })
    return { ...outcome, profiled: outcome.stdout.startsWith('true\n') }
  }
  const marks = () =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^starts-[^/]+\/.+/.test(path))
      .map((path) => join(directory, path))
  return { directory, start, marks }
}

describe('an application that dies by a signal soon after its start', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines])
    test(`is left alone at its third start, in one line, and dies as it did${line ? ` (Node ${line})` : ''}`, async () => {
      const { start } = application(`crash-${line}`, line)
      for (const signal of ['SIGSEGV', 'SIGABRT'] as const) {
        const outcome = await start(signal)
        assert.deepEqual([outcome.profiled, outcome.signal], [true, signal])
      }
      const third = await start('exit')
      assert.deepEqual([third.profiled, third.code], [false, 3])
      assert.match(
        third.stderr,
        /^acme-profiler: the profiler is off: the last 2 starts of this application were killed within a minute, .* until \d{4}-.*Z; to profile it now, remove .*starts-.*\n$/,
      )
    })

  test("is not profiled by dd-trace's profiler instead, which the same variable turns on", async () => {
    const { start } = application('tracer')
    for (const signal of ['SIGSEGV', 'SIGKILL']) await start(signal)
    assert.equal((await start('trace')).stdout, 'false\nready\nfalse\n')
  })

  test('is profiled again ten minutes later, and when the notes of it are removed', async () => {
    const { start, marks } = application('again')
    await start('SIGSEGV')
    await start('SIGKILL')
    assert.equal((await start('exit')).profiled, false)
    const old = new Date(Date.now() - 601_000)
    for (const mark of marks()) utimesSync(mark, old, old)
    assert.equal((await start('SIGSEGV')).profiled, true)
    assert.equal(marks().length, 1)
    assert.equal((await start('SIGSEGV')).profiled, true)
    // Notes of a clock that stood in 2106.
    const ahead = new Date('2106-02-08')
    for (const mark of marks()) utimesSync(mark, ahead, ahead)
    assert.equal((await start('exit')).profiled, true)
    for (const mark of marks()) rmSync(mark)
    assert.equal((await start('exit')).profiled, true)
  })
})

test('an application that ends in order, however often, stays profiled', async () => {
  const { start, marks } = application('orderly')
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const
  for (const how of ['exit', 'throw', 'exit']) assert.equal((await start(how)).profiled, true)
  for (const signal of signals) {
    const outcome = await start('wait', [signal])
    assert.deepEqual([outcome.profiled, outcome.signal], [true, signal])
  }
  assert.deepEqual(marks(), [])
})

test('processes of one application that live at the same time are no crashes', async () => {
  const { start } = application('cluster')
  const outcomes = await Promise.all(
    ['SIGTERM', 'SIGTERM', 'SIGTERM', 'SIGTERM'].map((signal) => start('wait', [signal as NodeJS.Signals])),
  )
  assert.deepEqual(
    outcomes.map(({ profiled }) => profiled),
    [true, true, true, true],
  )
})

test('where no note can be kept, the application is profiled all the same', async () => {
  const { directory, start } = application('no-folder')
  writeFileSync(directory, '')
  for (let n = 0; n < 3; n++) assert.equal((await start('SIGSEGV')).profiled, true)
})
