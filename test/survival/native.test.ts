import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { figures } from '../figures'
import { type Child, otherLines, root, runChild } from './child'
import { addonOf } from './package-copy'

async function checkSays(said: string, child: Child) {
  const { code, signal, stdout, stderr, leftovers } = await runChild(child)
  assert.deepEqual(
    { code, signal, stdout, stderr, leftovers },
    { code: 0, signal: null, stdout: `${said}\n`, stderr: '', leftovers: [] },
  )
}

const done = { cycles: 0, spawns: 0 }
after(() => figures(done))

describe('signals of samplers', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    const title = line ? `Node ${line}: ` : ''

    const cycles = line ? '50' : '200'
    test(`${title}${cycles} starts and stops under a storm of SIGPROF, and SIGPROF afterwards`, async () => {
      const args = [addonOf(root, line), cycles]
      await checkSays('alive', { file: 'test/fixtures/survival-cycles.js', args, line })
      done.cycles += Number(cycles)
    })

    test(`${title}children of a process of 256 MB at 10 kHz`, async () => {
      const rounds = line ? 10 : 20
      const env = { ACME_PROFILING_SAMPLING_HZ: '10000' }
      const args = ['256', String(rounds)]
      await checkSays('all ended well', {
        file: 'test/fixtures/survival-spawn.js',
        ...{ args, agent: root, line, env },
      })
      done.spawns += 3 * rounds
    })
  }
})
