import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import type { Finding } from './expectations'
import { runScenario, scenarios } from './scenarios'

/** The second is for a machine with much other work, where few ticks come in: shares then need more of them. */
const scales = [1, 4]

for (const scenario of scenarios) {
  test(`${scenario.name} on Node ${scenario.line} is as expected`, async (t) => {
    let missed: Finding[] = []
    for (const scale of scales) {
      const findings = await runScenario(scenario, scale)
      missed = findings.filter(({ isWithin }) => !isWithin)
      if (missed.length === 0) return figures({ expectations: findings.length })
      // What must not be there at all is no matter of how many ticks there are.
      assert.deepEqual(
        missed.filter(({ expected }) => expected === 0),
        [],
      )
      t.diagnostic(`working ${scale} times as long: ${JSON.stringify(missed)}`)
    }
    assert.deepEqual(missed, [])
  })
}
