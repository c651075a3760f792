import { test } from 'node:test'
import { otherLines, root, runChild, runPlain } from './child'
import { assertSameEnd, assertUploaded } from './matrix'

for (const line of [undefined, ...otherLines]) {
  for (const samplingHz of line ? ['2000'] : ['1000', '10000']) {
    test(`${line ? `Node ${line}: ` : ''}5 rounds of 20 workers, terminated at any moment, ${samplingHz} Hz`, async () => {
      const child = { file: 'test/fixtures/survival-workers.js', args: ['5', '20'], line }
      const env = { ACME_PROFILING_SAMPLING_HZ: samplingHz, DD_PROFILING_HEAP_SAMPLING_INTERVAL: '65536' }
      const outcome = await runChild({ ...child, agent: root, env })
      assertSameEnd(outcome, await runPlain(child))
      await assertUploaded(outcome, 'both')
    })
  }
}

// The second worker of a process is where state of the first would show.
test('workers one after the other', async () => {
  const child = { file: 'test/fixtures/survival-workers.js', args: ['20', '1'] }
  const outcome = await runChild({ ...child, agent: root })
  assertSameEnd(outcome, await runPlain(child))
  await assertUploaded(outcome, 'both')
})
