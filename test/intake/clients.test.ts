import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { endAfter } from './eventually'
import { intakeFor } from './helpers'
import { labelsOf, type StoredSpan, storedProfiles, storedSpans, typesOf } from './stored'

const root = join(__dirname, '../..')

/** Runs a program to its end, which is told to come once that much is stored, and fails if anything was refused. */
async function runClient(
  t: TestContext,
  program: readonly string[],
  env: (url: string) => NodeJS.ProcessEnv,
  isEnough?: (dir: string) => boolean,
) {
  const intake = await intakeFor(t)
  const [file = '', ...args] = program
  const child = spawn(process.execPath, [join(root, 'test/fixtures', file), ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env(intake.url) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (isEnough !== undefined) await endAfter(child, () => isEnough(intake.dir))
  const [stdout, stderr] = await ended
  t.diagnostic(JSON.stringify(intake.counters))
  const refused = Object.keys(intake.counters.toJSON()).filter((name) => /^(refused|rejected)/.test(name))
  assert.deepEqual(refused, [], stdout + stderr)
  return { intake, stdout, stderr }
}

test("an unmodified @pyroscope/nodejs: wall, CPU and heap arrive, with the labels' names as ours", async (t) => {
  const env = (url: string) => ({ PYROSCOPE_SERVER_ADDRESS: url })
  const { intake } = await runClient(t, ['pyroscope-service.js'], env, (dir) => {
    const stored = storedProfiles(dir)
    const isLabelled = stored.some(({ profile }) => labelsOf(profile).get('page')?.has('cart'))
    return isLabelled && stored.some(({ name }) => name === 'space.pprof')
  })
  const stored = storedProfiles(intake.dir)
  const types = new Set(stored.map(({ name, profile }) => `${name} ${typesOf(profile)}`))
  assert.deepEqual([...types].sort(), [
    'space.pprof inuse_objects/count,inuse_space/bytes',
    'wall.pprof samples/count,wall/nanoseconds,cpu/nanoseconds',
  ])
  for (const { manifest } of stored) {
    const { service, env, runtime, region } = manifest.tags
    assert.deepEqual([service, env, runtime, region], ['shop', 'prod', 'nodejs', 'eu'])
    assert.ok(manifest.startMs <= manifest.endMs && manifest.endMs - manifest.startMs < 60_000)
  }
  const labels = stored.map(({ profile }) => labelsOf(profile))
  assert.ok(labels.some((one) => one.get('span id')?.has(255n)))
  assert.ok(labels.some((one) => one.get('page')?.has('cart')))
  assert.ok(labels.every((one) => !one.has('span_id')))
})

test('an unmodified @splunk/otel: CPU and allocation profiles out of its logs, and its spans', async (t) => {
  const env = (url: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_LOG_LEVEL: 'error',
  })
  const { intake } = await runClient(t, ['splunk-service.js'], env, (dir) =>
    ['wall.pprof', 'space.pprof'].every((kind) => storedProfiles(dir).some(({ name }) => name === kind)),
  )
  const stored = storedProfiles(intake.dir)
  const types = new Set(stored.map(({ name, profile }) => `${name} ${typesOf(profile)}`))
  assert.deepEqual([...types].sort(), [
    'space.pprof alloc_objects/count,alloc_space/bytes',
    'wall.pprof samples/count,wall/nanoseconds',
  ])
  const spans = storedSpans(intake.dir)
  const spanIds = new Set(spans.map(({ spanId }) => BigInt(spanId ?? 0)))
  const traceIds = new Set(spans.map(({ traceIdHigh, traceIdLow }) => hexOf(traceIdHigh) + hexOf(traceIdLow)))
  const wall = stored.filter(({ name }) => name === 'wall.pprof').map(({ profile }) => labelsOf(profile))
  const ids = wall.flatMap((labels) => [...(labels.get('span id') ?? [])])
  const traces = wall.flatMap((labels) => [...(labels.get('trace id') ?? [])])
  assert.ok(ids.length > 0)
  assert.ok(ids.some((id) => spanIds.has(BigInt.asUintN(64, id as bigint))))
  assert.ok(traces.some((id) => traceIds.has(id as string)))
  const periodNanos = stored.flatMap(({ name, profile }) => {
    return name === 'wall.pprof' ? [...profile.samples.values].filter((_, at) => at % 2 === 1) : []
  })
  assert.deepEqual([...new Set(periodNanos)], [10_000_000n])
  for (const { manifest } of stored) assert.equal(manifest.tags.service, 'shop')
})

const hexOf = (id: string | undefined) =>
  BigInt(id ?? 0)
    .toString(16)
    .padStart(16, '0')

for (const form of ['proto', 'http']) {
  for (const compression of ['none', 'gzip']) {
    test(`spans of the OpenTelemetry SDK's exporter ${form}, compression ${compression}, arrive complete`, async (t) => {
      const { intake, stdout, stderr } = await runClient(t, ['otlp-spans.js', form, compression], (url) => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
      }))
      assert.deepEqual([stdout, stderr], ['done', ''])
      const spans = storedSpans(intake.dir)
      assert.equal(spans.length, 30)
      const roots = spans.filter(({ kind }) => kind === 'server')
      assert.equal(roots.length, 10)
      const [root] = roots as [StoredSpan]
      assert.deepEqual(
        [root.name, root.resource, root.service, root.parentId],
        ['GET', 'GET /cart/:id', 'shop', '0'],
      )
      assert.deepEqual(Object.fromEntries(root.attributes), {
        'http.request.method': 'GET',
        'http.route': '/cart/:id',
        n: 0,
        ratio: 0.5,
        yes: true,
        list: '["a","b"]',
      })
      const { version, env } = root.tags
      assert.deepEqual([version, env, root.tags['runtime-id']?.slice(0, 8)], ['1.2.3', 'prod', '22c90aa0'])
      const children = spans.filter(({ traceIdLow, traceIdHigh, parentId }) => {
        return traceIdLow === root.traceIdLow && traceIdHigh === root.traceIdHigh && parentId === root.spanId
      })
      assert.deepEqual(children.map(({ name, kind, error }) => [name, kind, error]).sort(), [
        ['ask', 'client', false],
        ['fail', 'internal', true],
      ])
      const startMs = Number(BigInt(root.startNanos ?? 0) / 1_000_000n)
      assert.ok(Math.abs(Date.now() - startMs) < 60_000)
    })
  }
}
