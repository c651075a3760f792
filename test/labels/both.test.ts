import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Report, run } from './child'

test('two tracers: the innermost span answers, the endpoint is the one that is known', async () => {
  const { rows, counts } = await run<Report>('labels-both.ts', {
    args: ['--require', 'dd-trace-5/init', '--require', './test/fixtures/labels-opentelemetry-setup.cjs'],
  })
  for (const { truth, got } of rows) assert.equal(got?.spanId, truth.spanId, truth.at)
  const endpoints = Object.fromEntries(rows.map(({ truth, got }) => [truth.at, got?.endpoint]))
  assert.deepEqual(endpoints, {
    'OpenTelemetry inside dd-trace': 'GET /datadog',
    'dd-trace inside both': 'GET /datadog',
    'dd-trace inside OpenTelemetry': 'GET /otel',
    'below two web spans': 'GET /nested',
    'below the outer web span': 'GET /raw/123',
  })
  assert.deepEqual(counts, { 'GET /datadog': 1, 'GET /otel': 1, 'GET /raw/123': 1 })
})
