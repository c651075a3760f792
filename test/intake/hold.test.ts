import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { isLoopback } from '../../src/intake/loopback'
import { startIntake } from '../../src/intake/server'
import { FileSink } from './file-sink'
import { event, intakeFor, post, realProfile, tempDir, uploadBody } from './helpers'

const key = 'c0ffee00c0ffee00'
const keys = new Map([
  ['till', key],
  ['other', 'another-key-of-16-or-more'],
])

/** Status and code of a GET; fetch would write its own Host. */
function ask(
  url: string,
  headers: Record<string, string>,
  path = '/info',
): Promise<[number, string | undefined]> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { headers, agent: false }, async (response) => {
      const body = await text(response)
      resolve([response.statusCode ?? 0, body.startsWith('{') ? JSON.parse(body).code : undefined])
    })
    sent.on('error', reject).end()
  })
}

test('an address that others reach is refused without a key', async (t) => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
    const starting = startIntake({ host, port: 0, sink: new FileSink(tempDir(t)) })
    await assert.rejects(starting, {
      name: 'OpenAddress',
      message: new RegExp(`--host ${host} can be reached`),
    })
  }
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) assert.ok(isLoopback(host), host)
  const intake = await startIntake({ host: '0.0.0.0', port: 0, sink: new FileSink(tempDir(t)), keys })
  await intake.close()
})

test('with keys, everything but /healthz asks for one, in any of the headers that clients have', async (t) => {
  const intake = await intakeFor(t, { keys })
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  const shown: [headers: Record<string, string>, status: number, code?: string][] = [
    [{}, 401, 'key_missing'],
    [{ 'DD-API-KEY': '' }, 401, 'key_missing'],
    [{ Authorization: 'Digest x' }, 401, 'key_missing'],
    [{ 'DD-API-KEY': `${key}x` }, 403, 'key_unknown'],
    [{ 'DD-API-KEY': key.slice(0, -1) }, 403, 'key_unknown'],
    [{ 'DD-API-KEY': 'till' }, 403, 'key_unknown'],
    [{ Authorization: basic(`${key}:`) }, 403, 'key_unknown'],
    [{ 'DD-API-KEY': key }, 200],
    [{ 'X-Acme-Key': key }, 200],
    [{ Authorization: `Bearer ${key}` }, 200],
    [{ Authorization: `bearer  ${key}` }, 200],
    [{ Authorization: basic(`anybody:${key}`) }, 200],
  ]
  for (const [headers, status, code] of shown) {
    assert.deepEqual(await ask(intake.url, headers), [status, code], JSON.stringify(headers))
  }
  assert.deepEqual(await ask(intake.url, {}, '/nothing'), [401, 'key_missing'])
  assert.deepEqual(await ask(intake.url, {}, '/metrics'), [401, 'key_missing'])
  assert.deepEqual(await ask(intake.url, {}, '/healthz'), [200, undefined])
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  assert.equal((await post(intake, body)).status, 401)
  assert.equal((await post(intake, body, { 'DD-API-KEY': key })).status, 202)
})

test('a key has a limit of its own, on requests and on bytes', async (t) => {
  const few = await intakeFor(t, { keys, limits: { keyRequestsPerSecond: 2 } })
  // So many at once that no pause of this process gives a place to each.
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(few.url, { 'X-Acme-Key': key })))
  assert.deepEqual(new Set(answers.map(String)), new Set(['200,', '429,key_limited']))
  assert.deepEqual(await ask(few.url, { 'X-Acme-Key': keys.get('other') ?? '' }), [200, undefined])
  const small = await intakeFor(t, { keys, limits: { keyBytesPerSecond: 10 } })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  assert.equal((await post(small, body, { 'X-Acme-Key': key })).code, 'key_limited')
})

test('a page of a stranger reads nothing under a name of its own, and writes nothing', async (t) => {
  const intake = await intakeFor(t, { allowedHosts: ['intake.shop.internal'] })
  const { port } = new URL(intake.url)
  const headers: [headers: Record<string, string>, isAllowed: boolean][] = [
    [{ Host: `127.0.0.1:${port}` }, true],
    [{ Host: `[::1]:${port}` }, true],
    [{ Host: '10.0.0.7' }, true],
    [{ Host: `LocalHost:${port}` }, true],
    [{ Host: `intake.shop.internal:${port}` }, true],
    [{ Host: `evil.example:${port}` }, false],
    [{ Host: 'localhost.evil.example' }, false],
    [{ Host: 'localhost@evil.example' }, false],
    [{ Host: '127.0.0.1.evil.example' }, false],
    [{ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` }, true],
    [{ Host: `127.0.0.1:${port}`, Origin: 'http://intake.shop.internal' }, true],
    [{ Host: `127.0.0.1:${port}`, Origin: 'https://evil.example' }, false],
    [{ Host: `127.0.0.1:${port}`, Origin: 'http://10.1.1.1' }, false],
    [{ Host: `127.0.0.1:${port}`, Origin: 'null' }, false],
  ]
  for (const [sent, isAllowed] of headers) {
    const expected = isAllowed ? [200, undefined] : [403, 'host_not_allowed']
    assert.deepEqual(await ask(intake.url, sent), expected, JSON.stringify(sent))
  }
})

test('/metrics counts what was taken and refused, by names of ours', async (t) => {
  const intake = await intakeFor(t)
  await post(intake, uploadBody(event(), { 'wall.pprof': await realProfile() }))
  await post(intake, 'x')
  await ask(intake.url, {}, '/strange\u0022{}')
  const metrics = await fetch(`${intake.url}/metrics`).then((response) => response.text())
  assert.match(metrics, /^acme_intake_events_total\{name="uploads\.stored"\} 1$/m)
  assert.match(metrics, /^acme_intake_events_total\{name="refused\.multipart_malformed"\} 1$/m)
  assert.match(
    metrics,
    /^acme_intake_request_seconds_count\{route="\/profiling\/v1\/input",status="202"\} 1$/m,
  )
  assert.match(metrics, /^process_resident_memory_bytes \d+$/m)
  assert.doesNotMatch(metrics, /strange/)
})

/** The event loop's longest stop while `work` runs, in milliseconds. */
async function longestStop(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  await work().finally(() => clearInterval(timer))
  return longest
}

test('/metrics answers while the store does not', async (t) => {
  const queries = {
    stats: () => new Promise<never>(() => {}),
    queryJson: () => Promise.reject(new Error('not asked for')),
    queryBytes: () => Promise.reject(new Error('not asked for')),
    backlogBytes: 7,
  }
  const intake = await intakeFor(t, { queries })
  const text = await fetch(`${intake.url}/metrics`).then((response) => response.text())
  assert.match(text, /^acme_intake_backlog_bytes 7$/m)
  assert.doesNotMatch(text, /^acme_intake_columns_rows\{/m)
})

test('an upload that takes long to read, or kills what reads it, is refused, and the next one is taken', async (t: TestContext) => {
  const wall = await realProfile()
  const body = uploadBody(event(), { 'wall.pprof': wall })
  const many = JSON.stringify({ resourceSpans: Array.from({ length: 900_000 }, () => ({ a: {} })) })
  const json = { 'Content-Type': 'application/json' }
  const bodyValues = 10_000_000
  const slow = await intakeFor(t, { limits: { checkMs: 1, bodyValues } })
  const late = await post(slow, many, json, '/v1/traces')
  assert.deepEqual([late.status, late.message?.split(':')[0]], [503, 'check_timeout'])

  const small = await intakeFor(t, { limits: { checkHeapBytes: 48 * 2 ** 20, bodyValues } })
  let answer: Awaited<ReturnType<typeof post>> | undefined
  const stopMs = await longestStop(async () => {
    answer = await post(small, many, json, '/v1/traces')
  })
  assert.equal(answer?.status, 413)
  assert.match(answer?.message ?? '', /^check_memory: /)
  assert.equal((await post(small, body)).status, 202)
  t.diagnostic(`longest stop of the event loop ${stopMs.toFixed(0)} ms`)
})

test('a request may be given less time than its headers are usually', async (t) => {
  const intake = await intakeFor(t, { limits: { requestMs: 5_000 } })
  assert.deepEqual(await ask(intake.url, {}), [200, undefined])
})

test('requests that the end cuts off are no faults of theirs', async (t) => {
  const lines: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })
  const intake = await intakeFor(t, { log, limits: { shutdownMs: 1 } })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const sent = Array.from({ length: 60 }, () =>
    post(intake, body).then(
      ({ status }) => status,
      () => undefined,
    ),
  )
  await Promise.race(sent)
  await intake.close()
  const cut = (await Promise.all(sent)).filter((status) => status !== 202)
  assert.ok(cut.length > 0)
  assert.deepEqual([lines, intake.counters.get('refused.internal')], [[], 0])
})
