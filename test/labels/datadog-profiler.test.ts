import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodes, run } from './child'

interface Outcome {
  pprofLoaded: boolean
  profilerRuns: boolean
  tracerRuns: boolean
  env: string
  childEnv: string
}

const env = { DD_PROFILING_ENABLED: 'true', DD_TRACE: 'dd-trace-5' }
const hold = './test/fixtures/datadog-profiler-hold.cjs'
const held: Outcome = {
  pprofLoaded: false,
  profilerRuns: false,
  tracerRuns: true,
  env: 'true',
  childEnv: 'true',
}
const outcome = (options: Parameters<typeof run>[1]) => run<Outcome>('datadog-profiler.ts', options)

for (const { line, path } of nodes) {
  const tracer = Number(line) < 22 ? 'dd-trace-5' : 'dd-trace-6'
  test(`Node ${line}, ${tracer}/init: dd-trace traces, its profiler is not even loaded`, async () => {
    const args = ['--require', hold, '--require', `${tracer}/init`]
    assert.deepEqual(await outcome({ node: path, args, env: { ...env, DD_TRACE: tracer } }), held)
  })
}

test('without the hold its profiler runs', async () => {
  const { pprofLoaded, profilerRuns } = await outcome({ args: ['--require', 'dd-trace-5/init'], env })
  assert.deepEqual({ pprofLoaded, profilerRuns }, { pprofLoaded: true, profilerRuns: true })
})

test('a start of ours that is refused leaves its profiler running', async () => {
  const { profilerRuns } = await outcome({
    args: ['--require', 'dd-trace-5/init'],
    env: { ...env, HOLD: './test/fixtures/datadog-profiler-refused.cjs' },
  })
  assert.equal(profilerRuns, true)
})

test('init() in the application, profiling asked for in code', async () => {
  assert.deepEqual(await outcome({ args: ['--require', hold], env: { ...env, INIT: 'profiling' } }), held)
})

test('--import of both', async () => {
  const args = ['--import', hold, '--import', 'dd-trace-5/initialize.mjs']
  assert.deepEqual(await outcome({ args, env }), held)
})

test('a profiler that runs before the agent starts is stopped', async () => {
  const args = ['--require', 'dd-trace-5/init']
  assert.deepEqual(await outcome({ args, env: { ...env, HOLD: hold } }), { ...held, pprofLoaded: true })
})
