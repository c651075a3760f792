import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { FlameGraph, Hotspots, ProfileInfo, SpanInfo, TopFunctions } from '../../src/intake/query/types'
import type { ServiceSummary } from '../../src/pprof/answers'
import { atEnd } from '../helpers/at-end'
import { spawnIntake } from './child'
import { eventually } from './eventually'
import { tempDir } from './helpers'
import { relayFor } from './relay'

const root = join(__dirname, '../..')
const fixture = (name: string) => join(root, 'test/fixtures', name)
const service = [fixture('traced-service.js'), join(root, 'node_modules/dd-trace-5')]
const datadog = {
  DD_ENV: 'prod',
  DD_VERSION: '1.2.3',
  DD_PROFILING_ENABLED: 'true',
  DD_PROFILING_UPLOAD_PERIOD: '1',
  DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
  DD_TRACE_STARTUP_LOGS: 'false',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
}

function start(args: readonly string[], env: NodeJS.ProcessEnv, node = process.execPath): ChildProcess {
  return spawn(node, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

test('dd-trace, our agent beside it, and an OpenTelemetry app: all is found, also what was acknowledged before a SIGKILL', async (t) => {
  const dir = tempDir(t)
  const first = await spawnIntake(t, dir)
  const relay = await relayFor(t, first.url)
  // They are killed soon after their start, which the agent would remember of them.
  const env = { ...datadog, DD_TRACE_AGENT_URL: relay.url, ACME_PROFILING_SPOOL_DIR: tempDir(t) }
  const node24 = join(root, 'node_modules/node-24/bin/node')
  const apps = [
    start(service, { ...env, DD_SERVICE: 'peer' }),
    // The local build is for the Node that runs the tests; with another one the agent would take its other engine.
    start(
      ['--require', join(root, 'dist/init.js'), ...service],
      { ...env, DD_SERVICE: 'ours', PREBUILDS_ONLY: '1' },
      node24,
    ),
  ]
  atEnd(t, () => {
    for (const app of apps) app.kill('SIGKILL')
  })
  await eventually(() => (relay.uploads.size >= 3 ? true : undefined))
  const otlp = start([fixture('otlp-spans.js'), 'proto', 'gzip'], { OTEL_EXPORTER_OTLP_ENDPOINT: relay.url })
  await once(otlp, 'exit')
  assert.equal(relay.answered.get('/v1/traces'), 1)
  await first.end('SIGKILL')
  const before = new Set(relay.uploads)
  const second = await spawnIntake(t, dir)
  relay.target = second.url
  await eventually(() => (relay.uploads.size >= before.size + 6 ? true : undefined))
  for (const app of apps) {
    app.kill('SIGKILL')
    await once(app, 'exit')
  }

  const ask = async <T>(path: string, params: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${second.url}/api/v1/${path}?${new URLSearchParams(params)}`)
    assert.equal(response.status, 200, path)
    return (await response.json()) as T
  }
  const listed = await eventually(async () => {
    const profiles = await ask<ProfileInfo[]>('profiles', { limit: '1000' })
    const seen = new Set(profiles.map(({ uploadId }) => uploadId))
    return [...relay.uploads].every((id) => seen.has(id)) ? profiles : undefined
  })
  const kindsOf = (name: string) =>
    [...new Set(listed.filter(({ tags }) => tags.service === name).map((profile) => profile.name))].sort()
  assert.deepEqual(kindsOf('peer'), ['events.pprof', 'space.pprof', 'wall.pprof'])
  assert.deepEqual(kindsOf('ours'), ['space.pprof', 'wall.pprof'])
  const services = await ask<ServiceSummary[]>('services')
  assert.ok(
    ['ours', 'peer'].every((name) =>
      services.some((one) => one.service === name && one.versions[0] === '1.2.3'),
    ),
  )
  const spans = await ask<SpanInfo[]>('spans', { q: 'service:shop' })
  assert.equal(spans.length, 30)
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 10)

  const own = listed.find(({ tags, name }) => tags.service === 'ours' && name === 'wall.pprof')
  const raw = await fetch(`${second.url}/api/v1/profile?id=${own?.id}`).then((answer) => answer.arrayBuffer())
  assert.ok(
    gunzipSync(raw).includes('profiler overhead'),
    'the bill, which only the addon writes: is there a prebuilt one for Node 24?',
  )

  for (const name of ['peer', 'ours']) {
    const q = `service:${name}`
    const graph = await ask<FlameGraph>('flame-graph', { q })
    const top = await ask<TopFunctions>('top-functions', { q, value: 'wall', limit: '1000' })
    const named = (frames: readonly { name: string }[]) =>
      frames.some((frame) => /getReport/.test(frame.name))
    assert.ok(graph.total > 1e9, `${name}: a second of wall time`)
    assert.ok(named(graph.frames) && named(top.functions.map(({ frame }) => frame)), name)
    const longest = await ask<SpanInfo[]>('spans', { q, orderBy: 'duration' })
    const roots = longest.filter((span) => span.name === 'web.request')
    assert.ok(roots.length > 10)
    // Most of a request is in getReport, and a request has a sample or none: one of all has it.
    let found: Hotspots | undefined
    for (const { traceId } of roots) {
      const inTrace = await ask<SpanInfo[]>('spans', { traceId })
      assert.ok(inTrace.some((span) => span.name === 'web.request'))
      const hotspots = await ask<Hotspots>('hotspots', { traceId })
      if (named(hotspots.functions.map(({ frame }) => frame))) found ??= hotspots
    }
    assert.ok(found && found.wallNanos > 0, `${name}: samples of getReport inside a trace`)
    t.diagnostic(
      `${name}: ${roots.length} requests, ${found.samples} samples in the trace that was looked into`,
    )
  }
  const metrics = await fetch(`${second.url}/metrics`).then((response) => response.text())
  assert.match(metrics, /^acme_intake_columns_rows\{table="profiles"\} [1-9]/m)
  assert.match(metrics, /^acme_intake_columns_bytes \d/m)
  assert.match(metrics, /^acme_intake_backlog_bytes \d/m)
  t.diagnostic(`${before.size} acknowledged before the kill, ${relay.uploads.size} in all`)
})

test("profiles of Pyroscope's SDK and of @splunk/otel are found by the samples in them", async (t) => {
  const intake = await spawnIntake(t, tempDir(t))
  const apps = [
    start([fixture('pyroscope-service.js')], { PYROSCOPE_SERVER_ADDRESS: intake.url }),
    start([fixture('splunk-service.js')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: intake.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_LOG_LEVEL: 'error',
    }),
  ]
  atEnd(t, () => {
    for (const app of apps) app.kill('SIGKILL')
  })
  const ask = async <T>(path: string, params: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${intake.url}/api/v1/${path}?${new URLSearchParams(params)}`)
    assert.equal(response.status, 200, path)
    return (await response.json()) as T
  }
  const values = [
    ['service:shop region:eu', 'wall', 'cpu'],
    ['service:shop region:eu', 'heap', 'inuse_space'],
    ['service:shop -region:eu', 'wall', 'wall'],
    ['service:shop -region:eu', 'heap', 'alloc_space'],
  ] as const
  for (const [q, kind, value] of values) {
    const graph = await eventually(async () => {
      const { total, measure } = await ask<FlameGraph>('flame-graph', { q, kind, value })
      return total > 0 ? measure : undefined
    })
    assert.ok(graph.profiles > 0)
  }
  assert.deepEqual((await ask<{ losses: unknown[] }>('losses')).losses, [])
})
