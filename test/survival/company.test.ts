import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Child, otherLines, root, runChild } from './child'
import { assertUploaded } from './matrix'
import { addonOf, copyOfPackage } from './package-copy'

const env = { DD_PROFILING_HEAP_SAMPLING_INTERVAL: '16384', DD_PROFILING_ALLOCATION_ENABLED: 'true' }
const program = (which: string, options: Partial<Child> = {}): Child => ({
  file: 'test/fixtures/survival-company.js',
  args: [which],
  agent: root,
  env,
  ...options,
})

describe('other profilers in the same thread: both work, nobody falls', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    const title = line ? `Node ${line}: ` : ''

    for (const which of ['cpu', 'heap', 'pprof', 'context']) {
      test(`${title}${which}`, async () => {
        const outcome = await runChild(program(which, { line }))
        const { code, signal, stdout, stderr, leftovers } = outcome
        assert.deepEqual(
          { code, signal, stderr, leftovers },
          { code: 0, signal: null, stderr: '', leftovers: [] },
        )
        assert.deepEqual(JSON.parse(stdout), { seen: true })
        const [upload] = outcome.uploads
        assert.ok((await upload?.read())?.files['wall.pprof'])
      })
    }

    for (const [option, file] of [
      ['--cpu-prof', /\.cpuprofile$/],
      ['--heap-prof', /\.heapprofile$/],
    ] as const) {
      test(`${title}${option}`, async () => {
        const outcome = await runChild(program('alone', { line, nodeArgs: [option] }))
        const { code, signal, stderr } = outcome
        assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
        assert.match(outcome.leftovers.join(), file)
        await assertUploaded(outcome, option === '--heap-prof' ? 'wall' : 'both')
      })
    }

    test(`${title}two copies of the addon in one process`, async () => {
      const [one, two] = [addonOf(root, line), addonOf(copyOfPackage(line), line)]
      const file = 'test/fixtures/survival-copies.js'
      const { code, signal, stdout, stderr } = await runChild({ file, args: [one, two], line })
      assert.deepEqual(
        { code, signal, stdout, stderr },
        { code: 0, signal: null, stdout: '[true,true]\n', stderr: '' },
      )
    })
  }

  test('two copies of the package sample a thread once', async () => {
    const copy = copyOfPackage(undefined)
    const outcome = await runChild(program('alone', { nodeArgs: ['--require', `${copy}/dist/init.js`] }))
    assert.deepEqual([outcome.code, outcome.stderr], [0, ''])
    await assertUploaded(outcome, 'both')
  })
})
