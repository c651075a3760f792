import { test } from 'node:test'
import { nodes, type Report, run } from './child'
import { checkService } from './service'

const setup = ['--require', './test/fixtures/labels-opentelemetry-setup.cjs']

for (const { line, path } of nodes.filter(({ line }) => line === '20' || line === '24')) {
  test(`Node ${line}, OpenTelemetry SDK 2: local root, server span and route, also when spans have ended`, async () => {
    const report = await run<Report>('labels-opentelemetry.ts', { node: path, args: setup })
    checkService(report, 'GET /hang')
  })
}

test('traces that are not sampled keep ids and endpoint', async () => {
  const env = { OTEL_TRACES_SAMPLER: 'always_off' }
  checkService(await run<Report>('labels-opentelemetry.ts', { args: setup, env }), 'GET /hang')
})

test('an ESM application', async () => {
  checkService(await run<Report>('labels-opentelemetry-esm.mts', { args: setup }), 'GET /hang')
})
