import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { decodeTask } from '../../src/intake/receive/decode-task'
import type { ProtocolName } from '../../src/intake/receive/protocols'
import { routeOf } from '../../src/intake/routes'
import { errors } from '../../src/pprof/errors'
import { limitValues } from '../../src/pprof/limits'
import { figures } from '../figures'
import { intakeFor } from '../intake/helpers'
import { captureBodies } from './captured'
import { flip, mutate, randomFrom } from './mutate'

const seconds = Number(process.env.FUZZ_SECONDS ?? 15)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))

test('whatever the bodies of real clients are changed to, each is read or refused with a code of the catalogue', async (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`)
  const random = randomFrom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const corpus = (await captureBodies()).filter(({ path }) => routeOf(path)?.protocol)
  const byProtocol = new Map<ProtocolName, typeof corpus>()
  for (const one of corpus) {
    const protocol = routeOf(one.path)?.protocol as ProtocolName
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), one])
  }
  const names = [...byProtocol.keys()].sort()
  assert.deepEqual(
    names,
    [
      'datadogProfiles',
      'datadogSpans',
      'datadogSpansIndexed',
      'otlpLogs',
      'otlpProfiles',
      'otlpTraces',
      'pyroscopeIngest',
      'pyroscopePush',
    ].filter((name) => name !== 'datadogProfiles'),
  )
  const limits = limitValues()
  const intake = await intakeFor(t)
  const outcomes = new Map<string, number>()
  const until = Date.now() + seconds * 1_000
  let count = 0
  for (; Date.now() < until; count++) {
    const protocol = pick(names)
    const { body, contentType, query } = pick(byProtocol.get(protocol) ?? [])
    const changed = random() < 0.5 ? mutate(body, random) : flip(body, random)
    const task = {
      protocol,
      contentType,
      query,
      headers: {},
      limits,
      body: changed,
      encoding: 'identity',
    } as const
    const result = await decodeTask(task).catch((error: unknown) => {
      throw new Error(`${protocol} ${changed.toString('base64').slice(0, 5_000)}`, { cause: error })
    })
    const outcome = 'code' in result ? result.code : 'read'
    if (count % 20 === 0) {
      const path = byProtocol.get(protocol)?.[0]?.path
      const headers = { 'Content-Type': contentType }
      const sent = await fetch(`${intake.url}${path}?${query}`, { method: 'POST', headers, body: changed })
      assert.ok(sent.status < 500, `${path}: ${await sent.text()}`)
      await sent.arrayBuffer().catch(() => {})
    }
    if ('code' in result) assert.ok(errors[result.code].status < 500, result.code)
    outcomes.set(`${protocol} ${outcome}`, (outcomes.get(`${protocol} ${outcome}`) ?? 0) + 1)
  }
  figures({ mutated: count })
  t.diagnostic(
    `${[...outcomes]
      .sort()
      .map((pair) => pair.join(' '))
      .join(', ')}`,
  )
  for (const protocol of names) assert.ok(outcomes.get(`${protocol} read`), `${protocol} was read at times`)
})

/** Small bodies that would become large, or deep, or endless. */
const bombs: [what: string, path: string, type: string, body: Buffer, code: string][] = [
  [
    'a list that says it is long',
    '/v0.4/traces',
    'application/msgpack',
    Buffer.from('ddffffffff', 'hex'),
    'body_malformed',
  ],
  [
    'a map that says it is long',
    '/v0.4/traces',
    'application/msgpack',
    Buffer.from('9191dfffffffff', 'hex'),
    'body_malformed',
  ],
  [
    'a text that says it is long',
    '/v0.4/traces',
    'application/msgpack',
    Buffer.from('919181dbffffffff', 'hex'),
    'body_malformed',
  ],
  [
    'lists in lists',
    '/v0.4/traces',
    'application/msgpack',
    Buffer.concat([Buffer.from('919181a161', 'hex'), Buffer.alloc(100_000, 0x91), Buffer.from('c0', 'hex')]),
    'body_too_deep',
  ],
  [
    'empty spans',
    '/v0.4/traces',
    'application/msgpack',
    Buffer.concat([Buffer.from('91dd000f4240', 'hex'), Buffer.alloc(1_000_000, 0x80)]),
    'too_many_spans',
  ],
  ['indexed texts', '/v0.5/traces', 'application/msgpack', indexedBomb(), 'spans_too_large'],
  [
    'objects in objects',
    '/v1/traces',
    'application/json',
    Buffer.from('{"resourceSpans":'.repeat(1) + '['.repeat(100_000)),
    'body_too_deep',
  ],
  [
    'many objects',
    '/v1/traces',
    'application/json',
    Buffer.from(`{"resourceSpans":[${'{},'.repeat(1_200_000)}{}]}`),
    'body_too_complex',
  ],
  [
    'many messages',
    '/v1/traces',
    'application/x-protobuf',
    Buffer.alloc(3_000_000, Buffer.from('0a00', 'hex')),
    'body_too_complex',
  ],
  ['messages in messages', '/v1/traces', 'application/x-protobuf', nestedValues(), 'body_too_deep'],
]

/** 50,000 spans of 60 attributes that all point to one text of 2,000 bytes. */
function indexedBomb(): Buffer {
  const text = Buffer.concat([Buffer.from('da07d0', 'hex'), Buffer.alloc(2_000, 'x')])
  const pairs = Buffer.concat([Buffer.from('de003c', 'hex'), Buffer.alloc(120, 0)])
  const span = Buffer.concat([Buffer.from('9c000000000000000000', 'hex'), pairs, Buffer.from('8000', 'hex')])
  const spans = Buffer.concat(Array.from({ length: 20_000 }, () => span))
  return Buffer.concat([Buffer.from('9291', 'hex'), text, Buffer.from('91dd00004e20', 'hex'), spans])
}

/** An attribute that is a list in a list in a list. */
function nestedValues(): Buffer {
  let value = Buffer.alloc(0)
  const wrap = (tag: number, inner: Buffer) => {
    const length = inner.length
    const varint = length < 128 ? [length] : [(length & 127) | 128, length >> 7]
    return Buffer.concat([Buffer.from([tag, ...varint]), inner])
  }
  for (let n = 0; n < 200; n++) value = wrap(0x2a, wrap(0x0a, value))
  return wrap(0x0a, wrap(0x0a, wrap(0x0a, wrap(0x12, value))))
}

test('bodies that would become large or deep are refused, whatever the protocol, and the intake goes on', async (t) => {
  const intake = await intakeFor(t)
  for (const [what, path, type, body, code] of bombs) {
    const headers = { 'Content-Type': type, 'Content-Encoding': 'gzip' }
    const response = await fetch(intake.url + path, { method: 'POST', headers, body: gzipSync(body) })
    assert.match(await response.text(), new RegExp(code), what)
    assert.equal(response.status, errors[code as keyof typeof errors].status, what)
  }
  const br = { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'br' }
  const body = brotliCompressSync(Buffer.alloc(1_000))
  assert.equal((await fetch(`${intake.url}/v1/traces`, { method: 'POST', headers: br, body })).status, 415)
})
