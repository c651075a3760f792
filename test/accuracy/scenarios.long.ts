import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import { runScenario, scenarios } from './scenarios'

/** How often each scenario is run; each works three times as long as in the short form. */
const runs = Number(process.env.FLAKE_RUNS ?? 5)
const scale = 3

for (const scenario of scenarios) {
  test(`${scenario.name} on Node ${scenario.line}, ${runs} times`, async (t) => {
    const misses: string[] = []
    let asExpected = 0
    for (let n = 0; n < runs; n++) {
      const missed = (await runScenario(scenario, scale)).filter(({ isWithin }) => !isWithin)
      if (missed.length === 0) asExpected++
      misses.push(...missed.map(({ what, expected, found }) => `${what}: ${found} for ${expected}`))
    }
    figures({ scenarioRuns: runs, scenarioRunsAsExpected: asExpected })
    t.diagnostic(`${asExpected} of ${runs} runs as expected`)
    assert.deepEqual(misses, [])
  })
}
