import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import { compile, runProgram } from './compile'

/** Programs that check one native unit against what is plainly true of it, by as many seeds. */
const units = [
  { program: 'overhead_budget_check', sources: ['native/overhead_budget.cc'], executions: 2000 },
  { program: 'heap_pace_check', sources: ['native/heap_pace.cc'], executions: 2000 },
  { program: 'weights_check', sources: ['native/weights.cc'], executions: 3000 },
  { program: 'line_split_check', sources: ['native/line_split.cc'], executions: 1000 },
  { program: 'sample_ring_check', sources: [], executions: 100 },
  { program: 'string_table_check', sources: ['native/string_table.cc'], executions: 1000 },
  { program: 'sample_order_check', sources: [], executions: 1000 },
]

for (const { program, sources, executions } of units) {
  test(`${program}, under ASAN and UBSAN`, async () => {
    const path = await compile(program, sources, 'address,undefined')
    for (const canary of ['planted-overflow', 'planted-shift']) {
      const { stderr, end } = runProgram(path, [canary])
      assert.match(stderr, /insufficient space|heap-buffer-overflow|shift exponent 64/)
      assert.notEqual(end, 0)
    }
    const { stderr, end } = runProgram(path, [String(executions)])
    assert.deepEqual({ end, stderr }, { end: 0, stderr: '' })
    figures({ executions })
  })
}
