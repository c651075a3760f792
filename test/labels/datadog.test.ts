import { test } from 'node:test'
import { nodes, type Report, run } from './child'
import { checkService as check } from './service'

const traced = { DD_TRACE_PARTIAL_FLUSH_MIN_SPANS: '1000' }

const matrix = { '20': 'dd-trace-5', '22': 'dd-trace-6', '24': 'dd-trace-5', '26': 'dd-trace-6' }

for (const { line, path } of nodes) {
  const tracer = matrix[line as keyof typeof matrix]
  test(`Node ${line}, ${tracer}: flushed traces keep local root and endpoint`, async () => {
    const env = { ...traced, DD_TRACE: tracer }
    check(await run<Report>('labels-datadog.ts', { node: path, args: ['--require', `${tracer}/init`], env }))
  })
}

const options = { args: ['--require', 'dd-trace-5/init'], env: { ...traced, DD_TRACE: 'dd-trace-5' } }

test('spans that were flushed before their trace ended keep their local root', async () => {
  const env = { ...options.env, DD_TRACE_PARTIAL_FLUSH_MIN_SPANS: '2' }
  check(await run<Report>('labels-datadog.ts', { ...options, env }))
})

test('traces that are not sampled keep ids and endpoint', async () => {
  const env = { ...options.env, DD_TRACE_SAMPLE_RATE: '0' }
  check(await run<Report>('labels-datadog.ts', { ...options, env }))
})

test('an ESM application', async () => {
  const esm = { ...options, args: ['--import', 'dd-trace-5/initialize.mjs'] }
  check(await run<Report>('labels-datadog-esm.mts', esm))
})

test('a tracer that starts after the agent', async () => {
  check(await run<Report>('labels-datadog.ts', { env: { ...options.env, DD_TRACE_LATE: '1' } }))
})
