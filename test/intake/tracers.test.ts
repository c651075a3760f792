import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { limitValues } from '../../src/pprof/limits'
import { parseEvent } from '../../src/pprof/upload'
import { intakeFor, readStored, storedIds } from './helpers'

const root = join(__dirname, '../..')

const tracers = [
  ['dd-trace-5', process.execPath],
  ['dd-trace-6', join(root, 'node_modules/node-24/bin/node')],
] as const

for (const [tracer, node] of tracers) {
  test(`an unmodified ${tracer} uploads here, and has nothing to complain about`, async (t) => {
    const intake = await intakeFor(t)
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      DD_TRACE_AGENT_URL: intake.url,
      DD_SERVICE: 'shop',
      DD_PROFILING_ENABLED: 'true',
      DD_PROFILING_UPLOAD_PERIOD: '1',
      DD_RUNTIME_METRICS_ENABLED: 'false',
      DD_TRACE_STATS_COMPUTATION_ENABLED: 'true',
      DD_TRACE_DEBUG: 'true',
      DD_TRACE_LOG_LEVEL: 'warn',
      DD_TRACE_STARTUP_LOGS: 'false',
    }
    const program = [
      join(root, 'test/fixtures/traced-service.js'),
      join(root, 'node_modules', tracer),
      '5000',
    ]
    const child = spawn(node, program, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    assert.equal(stdout + stderr, '')
    const refused = Object.keys(intake.counters.toJSON()).filter((name) => name.startsWith('refused.'))
    assert.deepEqual(refused, [])
    const ids = storedIds(intake.dir)
    assert.ok(ids.length > 0)
    for (const id of ids) {
      assert.match(id, /\/shop-/)
      const stored = readStored(intake.dir, id)
      const { event, tags } = parseEvent(stored.get('event.json') ?? Buffer.of(), limitValues())
      assert.equal(event.family, 'node')
      assert.equal(tags.get('service'), 'shop')
      assert.ok(event.attachments.includes('wall.pprof'))
    }
    t.diagnostic(JSON.stringify(intake.counters))
  })
}
