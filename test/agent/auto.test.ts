import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absent, Installation } from './installation'

// DD_PROFILING_ENABLED=auto, with the time to wait lowered.

/** Ends when the profiler has started, or after as long as that would take ten times over. */
const observe = `
  const { status } = require('@acme/profiler')
  const seen = [status()]
  const giveUp = Date.now() + Number(process.env.GIVE_UP_MS)
  const timer = setInterval(() => {
    if (!status().running && Date.now() < giveUp) return
    clearInterval(timer)
    setTimeout(() => {
      seen.push(status())
      console.log(JSON.stringify(seen))
    }, 200)
  }, 20)`
const openTelemetry = `
  const { trace } = require('@opentelemetry/api')
  const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')`
const application = new Installation({ addon: true })
for (const name of ['@opentelemetry/api', '@opentelemetry/sdk-trace-node']) application.link(name)
application.link('dd-trace-5', 'dd-trace')
application.write({
  'none.cjs': observe,
  'datadog.cjs': `
    const tracer = require('dd-trace').init({ startupLogs: false, telemetry: { enabled: false }, remoteConfig: { enabled: false } })
    ${observe}
    tracer.startSpan('x').finish()`,
  'opentelemetry.cjs': `${openTelemetry}
    ${observe}
    new NodeTracerProvider().register()
    setTimeout(() => trace.getTracer('x').startSpan('x').end(), 1500)`,
  'no-sdk.cjs': `${openTelemetry}
    ${observe}
    trace.getTracer('x').startSpan('x').end()`,
  'stop.cjs': `
    const { stop, start, status } = require('@acme/profiler')
    const seen = []
    async function main() {
      start()
      seen.push(status().reason)
      await stop()
      seen.push(status().reason, start().reason)
      console.log(JSON.stringify(seen))
    }
    main()`,
})
const waiting =
  'DD_PROFILING_ENABLED=auto: it starts once the process has lived for 0.3 s and a span was seen'
const auto = { DD_PROFILING_ENABLED: 'auto', DD_INTERNAL_PROFILING_LONG_LIVED_THRESHOLD: '300' }
const preload = ['--require', '@acme/profiler/init']
const skip = absent('20')

async function observed(program: string, env: Record<string, string>) {
  const { code, stdout, stderr } = await application.run('20', [...preload, program], { ...auto, ...env })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

for (const program of ['datadog.cjs', 'opentelemetry.cjs']) {
  test(`${program}: starts after a span, once the process has lived long enough`, { skip }, async () => {
    const [before, later] = await observed(program, { GIVE_UP_MS: '20000' })
    assert.deepEqual(before, { running: false, reason: waiting })
    assert.equal(later.running, true, later.reason)
  })
}

test('a span alone does not start it in a process that has just begun', { skip }, async () => {
  const [, later] = await observed('datadog.cjs', {
    GIVE_UP_MS: '1000',
    DD_INTERNAL_PROFILING_LONG_LIVED_THRESHOLD: '60000',
  })
  assert.equal(later.running, false)
})

for (const program of ['none.cjs', 'no-sdk.cjs']) {
  test(`${program}: without a span it is not started, and keeps no process alive`, { skip }, async () => {
    const [, later] = await observed(program, { GIVE_UP_MS: '3000' })
    assert.deepEqual(later, { running: false, reason: waiting })
  })
}

test('stop() ends the wait, start() begins it anew', { skip }, async () => {
  assert.deepEqual(await observed('stop.cjs', {}), [waiting, 'stopped', waiting])
})
