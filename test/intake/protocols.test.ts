import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Intake } from '../../src/intake/server'
import { otlpProfilesJson, pushJson, withBase64Ids } from '../hostile/captured'
import { decodeMessage, encodeMessage } from '../hostile/protos'
import { boundary, filePart, intakeFor, multipart, realProfile } from './helpers'
import { labelsOf, type StoredSpan, storedProfiles, storedSpans, typesOf } from './stored'
import { zstd } from './zstd'

const protobuf = 'application/x-protobuf'
const json = 'application/json'

async function send(
  intake: Intake,
  path: string,
  type: string,
  body: Uint8Array | string,
  encoding = 'identity',
) {
  const headers = { 'Content-Type': type, 'Content-Encoding': encoding }
  const response = await fetch(intake.url + path, {
    method: 'POST',
    headers,
    body: body as RequestInit['body'],
  } as RequestInit)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, type: response.headers.get('content-type'), bytes, text: String(bytes) }
}

const push = '/push.v1.PusherService/Push'

test('push.v1, in protobuf and JSON, bare and compressed', async (t) => {
  const wall = await realProfile()
  const body = encodeMessage('PushRequest', pushJson(wall))
  const forms: [type: string, body: Uint8Array, encoding: string, answer: string][] = [
    ['application/proto', body, 'identity', ''],
    ['application/proto', gzipSync(body), 'gzip', ''],
    [json, Buffer.from(JSON.stringify(pushJson(wall))), 'identity', '{}\n'],
    ['application/proto', zstd(body), 'zstd', ''],
  ]
  for (const [type, sent, encoding, answer] of forms) {
    const intake = await intakeFor(t)
    const { status, text } = await send(intake, push, type, sent, encoding)
    assert.deepEqual([status, text], [200, answer])
    const [stored] = storedProfiles(intake.dir)
    assert.equal(stored?.name, 'wall.pprof')
    assert.deepEqual(stored.manifest.tags, { service: 'shop', env: 'prod' })
    assert.equal(
      stored.manifest.endMs - stored.manifest.startMs,
      Number(stored.profile.durationNanos / 1_000_000n),
    )
  }
})

test("push.v1: a profile that cannot be read spoils only itself; refusals are Connect's", async (t) => {
  const intake = await intakeFor(t)
  const body = encodeMessage('PushRequest', pushJson(Buffer.from('none'), await realProfile()))
  assert.equal((await send(intake, push, 'application/proto', body)).status, 200)
  assert.equal(storedProfiles(intake.dir).length, 1)
  assert.equal(intake.counters.get('rejected.profile_malformed'), 1)
  const bad = await send(intake, push, json, JSON.stringify(pushJson(Buffer.from('none'))))
  assert.deepEqual([bad.status, JSON.parse(bad.text).code], [400, 'invalid_argument'])
  assert.match(JSON.parse(bad.text).message, /^profile_malformed: Attachment rawProfile is not/)
  const empty = await send(intake, push, 'application/proto', '')
  assert.match(empty.text, /profile_missing/)
  assert.equal((await send(intake, push, 'text/plain', '')).status, 415)
})

test("/ingest: both bodies; times by their digits; names as Pyroscope's", async (t) => {
  const wall = await realProfile()
  const intake = await intakeFor(t)
  const name = encodeURIComponent('shop{env=prod,a.b=c,__private__=1}')
  const raw = await send(
    intake,
    `/ingest?name=${name}&from=1795300000&until=1795300010&format=pprof&spyName=nodespy`,
    '',
    wall,
  )
  assert.deepEqual([raw.status, raw.text], [200, '{}\n'])
  const parts = multipart([filePart('profile.pprof', wall, 'profile'), filePart('sample_type_config', '{}')])
  const form = `multipart/form-data; boundary=${boundary}`
  const two = await send(
    intake,
    `/pyroscope/ingest?name=till&from=1795300000000&until=1795300010000000`,
    form,
    parts,
  )
  assert.equal(two.status, 200)
  const stored = storedProfiles(intake.dir).map(({ manifest }) => manifest)
  for (const { startMs, endMs } of stored) assert.deepEqual([startMs, endMs], [1795300000000, 1795300010000])
  const shop = stored.find(({ tags }) => tags.service === 'shop')
  assert.deepEqual(shop?.tags, { service: 'shop', env: 'prod', 'a.b': 'c', runtime: 'nodejs' })
  const refused: [query: string, code: string][] = [
    ['', 'query_invalid'],
    ['name=shop{', 'query_invalid'],
    ['name=shop&from=yesterday', 'query_invalid'],
    ['name=shop&format=jfr', 'profile_format_unsupported'],
  ]
  for (const [query, code] of refused) {
    const pprof = query.includes('format') ? '' : '&format=pprof'
    assert.match((await send(intake, `/ingest?${query}${pprof}`, '', wall)).text, new RegExp(code), query)
  }
  assert.match(
    (await send(intake, '/ingest?name=shop', 'text/plain', 'a;b 1')).text,
    /profile_format_unsupported/,
  )
})

async function checkOtlpProfile(t: TestContext, type: string, body: Uint8Array | string) {
  const intake = await intakeFor(t)
  const { status, text } = await send(intake, '/v1development/profiles', type, body)
  assert.deepEqual([status, text], [200, type === json ? '{}\n' : ''])
  const [stored, ...more] = storedProfiles(intake.dir)
  assert.deepEqual(more, [])
  assert.equal(stored?.name, 'wall.pprof')
  assert.equal(stored.manifest.tags.service, 'shop')
  assert.deepEqual([stored.manifest.startMs, stored.manifest.endMs], [1795300000000, 1795300001000])
  const { profile } = stored
  assert.equal(typesOf(profile), 'wall/nanoseconds,cpu/nanoseconds')
  assert.deepEqual([...profile.samples.values], [10n, 1n, 20n, 2n, 5n, 3n])
  const frames = [...profile.samples.stack].map((location) => {
    const at = profile.locations.lineStart[location] as number
    const called = profile.locations.lineFunction[at] as number
    const name = profile.strings[profile.functions.name[called] as number]
    return `${name} ${profile.strings[profile.functions.filename[called] as number]}:${profile.locations.lineNumber[at]}`
  })
  const [price, handle] = ['price /app/cart.js:12', 'handle /app/cart.js:40']
  assert.deepEqual(frames, [price, handle, price, handle, handle])
  const labels = Object.fromEntries([...labelsOf(profile)].map(([key, values]) => [key, [...values]]))
  assert.deepEqual(labels, {
    'thread name': ['main'],
    page: [7n],
    'span id': [255n],
    'trace id': ['0123456789abcdef0123456789abcdef'],
    end_timestamp_ns: [1795300000100000000n, 1795300000200000000n],
  })
}

test('OTLP profiles in JSON become a pprof with our labels; siblings of the same samples become one', (t) => {
  return checkOtlpProfile(t, json, JSON.stringify(otlpProfilesJson()))
})

test('OTLP profiles in protobuf, as a library encodes them', (t) => {
  const body = encodeMessage('ExportProfilesServiceRequest', withBase64Ids(otlpProfilesJson()))
  return checkOtlpProfile(t, protobuf, body)
})

test('OTLP: what is left out is said in partial_success, in the form of the request', async (t) => {
  const intake = await intakeFor(t)
  const profiles = JSON.stringify(otlpProfilesJson()).replace('"stackIndex":1,', '"stackIndex":9,')
  const inJson = await send(intake, '/v1development/profiles', json, profiles)
  assert.deepEqual(JSON.parse(inJson.text), {
    partialSuccess: {
      rejectedProfiles: '1',
      errorMessage:
        'Attachment profile is not a valid profile: sample.stack_index is 9; stack_table has 3 entries.',
    },
  })
  assert.equal(storedProfiles(intake.dir).length, 1)
  const body = encodeMessage('ExportProfilesServiceRequest', withBase64Ids(JSON.parse(profiles)))
  const inProtobuf = await send(intake, '/v1development/profiles', protobuf, body)
  assert.equal(inProtobuf.type, protobuf)
  const partial = decodeMessage('ExportServiceResponse', inProtobuf.bytes).partialSuccess
  assert.equal((partial as { rejected: number }).rejected, 1)
})

test('OTLP spans in JSON: a span without an id is left out, ids are hexadecimal, refusals are google.rpc.Status', async (t) => {
  const intake = await intakeFor(t)
  const span = {
    traceId: '0123456789abcdef0123456789ABCDEF',
    spanId: '00000000000000ff',
    name: 'ask',
    kind: 'SPAN_KIND_CLIENT',
    startTimeUnixNano: '1795300000000000000',
    // A number, where a text has all digits.
    endTimeUnixNano: 2 ** 61,
    attributes: [{ key: 'big', value: { intValue: '9223372036854775807' } }],
    unknownField: [{}],
  }
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, spanId: 'ff' }] }] }] }
  const { status, text } = await send(intake, '/v1/traces', json, JSON.stringify(request))
  assert.equal(status, 200)
  assert.deepEqual(JSON.parse(text), {
    partialSuccess: { rejectedSpans: '1', errorMessage: 'Span 1: span_id has not 8 bytes.' },
  })
  const [stored, ...more] = storedSpans(intake.dir)
  assert.deepEqual(more, [])
  const { traceIdHigh, traceIdLow, spanId, durationNanos, service, kind, attributes } = stored as StoredSpan
  assert.deepEqual([traceIdHigh, traceIdLow], [String(0x0123456789abcdefn), String(0x0123456789abcdefn)])
  assert.deepEqual(
    [spanId, durationNanos, service, kind],
    ['255', String(2n ** 61n - 1795300000000000000n), 'unknown_service', 'client'],
  )
  assert.deepEqual(attributes, [['big', '9223372036854775807']])
  const refused = await send(intake, '/v1/traces', json, '{"resourceSpans":{}}')
  assert.deepEqual(
    [refused.status, JSON.parse(refused.text)],
    [400, { code: 3, message: 'body_malformed: The body is not valid JSON: resourceSpans is not a list.' }],
  )
  const inProtobuf = await send(intake, '/v1/traces', protobuf, Buffer.from('0a05', 'hex'))
  assert.equal(inProtobuf.status, 400)
  assert.match(String(decodeMessage('Status', inProtobuf.bytes).message), /^body_malformed: /)
})

test('logs that are no profiles are taken quietly, dropped and counted', async (t) => {
  const intake = await intakeFor(t)
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }, {}] }] }] }
  const { status, text } = await send(intake, '/v1/logs', json, JSON.stringify(request))
  assert.deepEqual([status, text], [200, '{}\n'])
  assert.equal(intake.counters.get('dropped.log_records'), 2)
  assert.equal((await send(intake, '/v1/metrics', protobuf, 'x')).status, 200)
})

test('spans are bounded: attributes in number and length, texts in length, and what is left out is counted', async (t) => {
  const intake = await intakeFor(t)
  const attributes = Array.from({ length: 70 }, (_, n) => ({
    key: `k${n}`,
    value: { stringValue: 'é'.repeat(5_000) },
  }))
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '00000000000000ff',
    startTimeUnixNano: '1',
    name: 'n'.repeat(10_000),
    attributes,
  }
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
  assert.equal((await send(intake, '/v1/traces', json, JSON.stringify(request))).status, 200)
  const [stored] = storedSpans(intake.dir)
  assert.equal(stored?.name?.length, 4_096)
  assert.deepEqual(stored.attributes.length, 64)
  for (const [, value] of stored.attributes) assert.equal(value, 'é'.repeat(1_024))
  assert.equal(intake.counters.get('dropped.span_attributes'), 6)
})
