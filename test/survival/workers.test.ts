import { test } from 'node:test'
import { otherLines, root, runChild, runPlain } from './child'
import { assertSameEnd, assertUploaded } from './matrix'

const program = 'test/fixtures/survival-workers.js'
for (const [line, rounds, samplingHz] of [
  [undefined, '5', '1000'],
  // At each tick an interrupt runs our JavaScript: a termination is then likely to fall into it.
  [undefined, '2', '10000'],
  ...otherLines.map((line) => [line, '5', '1000'] as const),
] as const) {
  const title = `${line ? `Node ${line}: ` : ''}${rounds} rounds of 20 workers, terminated at any moment, ${samplingHz} Hz`
  test(title, async () => {
    const child = { file: program, args: [rounds, '20'], line }
    const env = { ACME_PROFILING_SAMPLING_HZ: samplingHz, DD_PROFILING_HEAP_SAMPLING_INTERVAL: '65536' }
    const outcome = await runChild({ ...child, agent: root, env })
    assertSameEnd(outcome, await runPlain(child))
    await assertUploaded(outcome, 'both')
  })
}

// The second worker of a process is where state of the first would show.
test('workers one after the other', async () => {
  const child = { file: program, args: ['20', '1'] }
  const outcome = await runChild({ ...child, agent: root })
  assertSameEnd(outcome, await runPlain(child))
  await assertUploaded(outcome, 'both')
})
