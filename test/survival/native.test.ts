import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Child, otherLines, root, runChild } from './child'
import { addonOf } from './package-copy'

async function checkSays(said: string, child: Child) {
  const { code, signal, stdout, stderr, leftovers } = await runChild(child)
  assert.deepEqual(
    { code, signal, stdout, stderr, leftovers },
    { code: 0, signal: null, stdout: `${said}\n`, stderr: '', leftovers: [] },
  )
}

describe('signals of samplers', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    const title = line ? `Node ${line}: ` : ''

    const cycles = line ? '50' : '200'
    test(`${title}${cycles} starts and stops under a storm of SIGPROF, and SIGPROF afterwards`, () =>
      checkSays('alive', {
        file: 'test/fixtures/survival-cycles.js',
        args: [addonOf(root, line), cycles],
        line,
      }))

    test(`${title}children of a process of 256 MB at 10 kHz`, () =>
      checkSays('all ended well', {
        file: 'test/fixtures/survival-spawn.js',
        args: ['256', line ? '10' : '20'],
        agent: root,
        line,
        env: { ACME_PROFILING_SAMPLING_HZ: '10000' },
      }))
  }
})
