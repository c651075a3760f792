import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { endAfter } from './eventually'
import { intakeFor } from './helpers'
import { labelsOf, type StoredProfile, type StoredSpan, storedProfiles, storedSpans } from './stored'

const root = join(__dirname, '../..')

/** Each kind of profile, and a sample in a span. */
function isEnough(dir: string): boolean {
  const profiles = storedProfiles(dir)
  return new Set(profiles.map(({ name }) => name)).size === 3 && isSampledInSpan(profiles, storedSpans(dir))
}

function isSampledInSpan(profiles: readonly StoredProfile[], spans: readonly StoredSpan[]): boolean {
  const known = new Set(spans.map(({ spanId }) => BigInt(spanId ?? 0)))
  const ids = profiles
    .filter(({ name }) => name === 'wall.pprof')
    .flatMap(({ profile }) => [...(labelsOf(profile).get('span id') ?? [])])
  return ids.some((id) => known.has(BigInt.asUintN(64, BigInt(id))))
}

const tracers = [
  ['dd-trace-5', process.execPath, '0.4'],
  ['dd-trace-5', process.execPath, '0.5'],
  ['dd-trace-6', join(root, 'node_modules/node-22/bin/node'), '0.4'],
] as const

for (const [tracer, node, version] of tracers) {
  test(`an unmodified ${tracer}, traces ${version}: wall, heap and events profiles and spans arrive, nothing is refused`, async (t) => {
    const intake = await intakeFor(t)
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      DD_TRACE_AGENT_URL: intake.url,
      DD_TRACE_AGENT_PROTOCOL_VERSION: version,
      DD_SERVICE: 'shop',
      DD_ENV: 'prod',
      DD_VERSION: '1.2.3',
      DD_PROFILING_ENABLED: 'true',
      DD_PROFILING_UPLOAD_PERIOD: '1',
      DD_RUNTIME_METRICS_ENABLED: 'false',
      DD_TRACE_STATS_COMPUTATION_ENABLED: 'true',
      DD_TRACE_DEBUG: 'true',
      DD_TRACE_LOG_LEVEL: 'warn',
      DD_TRACE_STARTUP_LOGS: 'false',
    }
    const program = [join(root, 'test/fixtures/traced-service.js'), join(root, 'node_modules', tracer)]
    const child = spawn(node, program, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    await endAfter(child, () => isEnough(intake.dir))
    const [stdout, stderr] = await ended
    assert.equal(stdout + stderr, '')
    t.diagnostic(JSON.stringify(intake.counters))
    const names = Object.keys(intake.counters.toJSON())
    assert.deepEqual(
      names.filter((name) => /^(refused|rejected|dropped.traces)/.test(name)),
      [],
    )

    const profiles = storedProfiles(intake.dir)
    const kinds = new Set(profiles.map(({ name }) => name))
    assert.deepEqual([...kinds].sort(), ['events.pprof', 'space.pprof', 'wall.pprof'])
    for (const { manifest } of profiles) {
      assert.equal(manifest.tags.service, 'shop')
      assert.ok(manifest.endMs > manifest.startMs)
    }

    const spans = storedSpans(intake.dir)
    const [web] = spans.filter(({ kind, name }) => kind === 'server' && name === 'web.request')
    assert.equal(web?.resource, 'GET')
    assert.equal(web.service, 'shop')
    const tags = { service: 'shop', env: 'prod', version: '1.2.3', runtime: 'nodejs' }
    for (const [key, value] of Object.entries(tags)) assert.equal(web.tags[key], value, key)
    assert.ok(profiles.every(({ manifest }) => manifest.tags['runtime-id'] === web.tags['runtime-id']))

    assert.ok(isSampledInSpan(profiles, spans), 'a sample lies in a span that was stored')
    assert.ok(
      spans.some(({ traceIdHigh }) => traceIdHigh !== '0'),
      '128-bit trace ids',
    )
  })
}
