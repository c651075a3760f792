import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { routeOf } from '../../src/intake/routes'
import { intakeFor } from './helpers'

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'))

test('what a tracer asks beside uploading is answered, and dropped', async (t) => {
  const intake = await intakeFor(t)
  const ask = async (method: string, path: string) => {
    const body = method === 'GET' ? {} : { body: Buffer.alloc(70_000) }
    const response = await fetch(intake.url + path, { method, ...body })
    return [response.status, await response.json()]
  }
  assert.deepEqual(await ask('POST', '/telemetry/proxy/api/v2/apmtelemetry'), [202, {}])
  assert.deepEqual(await ask('POST', '/v0.7/config'), [200, {}])
  assert.deepEqual(await ask('PUT', '/v0.6/stats'), [200, {}])
  const [status, info] = await ask('GET', '/info')
  assert.equal(status, 200)
  for (const path of (info as { endpoints: string[] }).endpoints) assert.ok(routeOf(path), path)
  assert.equal((info as { version: string }).version, version)
  assert.deepEqual(intake.counters.toJSON(), {
    'dropped.config_requests': 1,
    'dropped.stats_requests': 1,
    'dropped.telemetry_requests': 1,
  })
})

test('any other address or method has a coded answer', async (t) => {
  const intake = await intakeFor(t)
  const code = async (method: string, path: string) => {
    const response = await fetch(intake.url + path, { method })
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  assert.deepEqual(await code('GET', '/nothing'), [404, 'route_unknown'])
  assert.deepEqual(await code('GET', '/profiling/v1/input'), [405, 'method_not_allowed'])
  assert.deepEqual(await code('DELETE', '/v0.4/traces'), [405, 'method_not_allowed'])
})

test('HEAD is answered as GET, without a body', async (t) => {
  const intake = await intakeFor(t)
  const head = async (path: string) => {
    const response = await fetch(intake.url + path, { method: 'HEAD' })
    return [response.status, Number(response.headers.get('content-length')) > 0, await response.text()]
  }
  assert.deepEqual(await head('/healthz'), [200, true, ''])
  assert.deepEqual(await head('/v1/traces'), [405, true, ''])
})

test('an address that a client misses is in the log of level debug', async (t) => {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const intake = await intakeFor(t, { log })
  await fetch(`${intake.url}/evp_proxy/v2?${'x'.repeat(500)}`).then((response) => response.text())
  const [line = ''] = lines.filter((one) => one.includes('route_unknown'))
  const { route } = JSON.parse(line) as { route: string }
  assert.match(route, /^\/evp_proxy\/v2\?x+$/)
  assert.equal(route.length, 200)
})
