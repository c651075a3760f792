import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import {
  boundary,
  event,
  filePart,
  intakeFor,
  multipart,
  post,
  rawExchange,
  rawUpload,
  realProfile,
  statusOf,
  storedIds,
  uploadBody,
} from '../intake/helpers'

const quick = { requestMs: 1_000, headersMs: 1_000 }

test('a Content-Type without one boundary of 1 to 70 characters is refused', async (t) => {
  const intake = await intakeFor(t)
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const wrong = [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    `multipart/form-data; boundary=${'b'.repeat(257)}`,
    `multipart/form-data; boundary=a; boundary=${boundary}`,
    `multipart/mixed; boundary=${boundary}`,
    `application/json; boundary=${boundary}`,
    'application/x-www-form-urlencoded',
    `; boundary=${boundary}`,
  ]
  for (const type of wrong) {
    const { status, code } = await post(intake, body, { 'Content-Type': type })
    assert.deepEqual([status, code], [415, 'content_type_unsupported'], type)
  }
})

test('boundaries of 70 characters and quoted ones are accepted', async (t) => {
  const intake = await intakeFor(t)
  const parts = [
    filePart('event.json', JSON.stringify(event()), 'event'),
    filePart('wall.pprof', await realProfile()),
  ]
  for (const [separator, type] of [
    ['b'.repeat(70), `boundary=${'b'.repeat(70)}`],
    ["a'()+_,-./:=?b", `boundary="a'()+_,-./:=?b"`],
  ] as const) {
    const answer = await post(intake, multipart(parts, separator), {
      'Content-Type': `multipart/form-data; ${type}`,
    })
    assert.equal(answer.status, 202, separator)
  }
})

test('two Content-Types are refused', async (t) => {
  const intake = await intakeFor(t)
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const head = `Content-Type: text/plain\r\nContent-Length: ${body.length}`
  assert.equal(statusOf(await rawExchange(intake.url, [rawUpload(body, head)])), 415)
})

test('bodies that are not what they say are refused, and nothing is kept', async (t) => {
  const intake = await intakeFor(t)
  const wall = filePart('wall.pprof', await realProfile())
  const sent = filePart('event.json', JSON.stringify(event()), 'event')
  const whole = multipart([sent, wall])
  const many = Array.from({ length: 1_000 }, (_, n) => filePart(`${n}.pprof`, ''))
  const bodies: [what: string, body: Buffer | string, code: string][] = [
    ['empty', '', 'multipart_malformed'],
    ['no boundary in it', 'x'.repeat(100_000), 'multipart_malformed'],
    ['only the last boundary', `--${boundary}--\r\n`, 'event_missing'],
    ['no last boundary', whole.subarray(0, -(boundary.length + 6)), 'multipart_malformed'],
    ['cut in an attachment', whole.subarray(0, -200), 'multipart_malformed'],
    ['cut in the headers of a part', whole.subarray(0, 40), 'multipart_malformed'],
    ['another boundary', multipart([sent, wall], 'other'), 'multipart_malformed'],
    ['line feeds only', whole.toString('latin1').replaceAll('\r\n', '\n'), 'multipart_malformed'],
    ['1,000 parts', multipart([sent, wall, ...many]), 'too_many_parts'],
    ['an empty event', multipart([filePart('event.json', '', 'event'), wall]), 'event_not_json'],
    ['an empty attachment', multipart([sent, filePart('wall.pprof', '')]), 'profile_malformed'],
    ['a part without headers', multipart([sent, { head: '', bytes: 'x' }]), 'attachment_missing'],
    [
      'a part whose header starts with a space',
      multipart([sent, { ...wall, head: ` ${wall.head}` }]),
      'attachment_missing',
    ],
    [
      '80 KiB of header before the name',
      multipart([sent, { ...wall, head: `X: ${'x'.repeat(81_920)}\r\n${wall.head}` }]),
      'attachment_missing',
    ],
    [
      'the boundary inside an attachment',
      multipart([sent, filePart('wall.pprof', `x\r\n--${boundary}\r\n\r\ny`)]),
      'profile_malformed',
    ],
    [
      'boundaries nested in headers',
      `--${boundary}\r\nA: --${boundary}\r\n--${boundary}\r\n--${boundary}--`,
      'event_missing',
    ],
  ]
  for (const [what, body, code] of bodies) assert.equal((await post(intake, body)).code, code, what)
  assert.deepEqual(storedIds(intake.dir), [])
  figures({ handMade: bodies.length })
})

test('text before the first and after the last boundary does not matter', async (t) => {
  const intake = await intakeFor(t)
  const whole = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const body = Buffer.concat([Buffer.from('before\r\n'), whole, Buffer.from(`after\r\n--${boundary}\r\n`)])
  assert.equal((await post(intake, body)).status, 202)
})

test('a length that is too short or too long ends in one answer and a closed connection', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const short = await rawExchange(intake.url, [rawUpload(body, `Content-Length: ${body.length - 100}`)])
  assert.equal(statusOf(short), 400)
  const long = await rawExchange(intake.url, [rawUpload(body, `Content-Length: ${body.length + 100}`)])
  assert.equal(statusOf(long), 408)
  const both = await rawExchange(intake.url, [
    rawUpload(body, 'Content-Length: 10\r\nTransfer-Encoding: chunked'),
  ])
  assert.equal(statusOf(both), 400)
  assert.deepEqual(storedIds(intake.dir), [])
})

test('chunks with extensions and trailers are read, broken ones are not', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const chunked = (chunk: Buffer) => rawUpload(chunk, 'Transfer-Encoding: chunked')
  const size = body.length.toString(16)
  const good = Buffer.concat([Buffer.from(`${size};a=b;c\r\n`), body, Buffer.from('\r\n0\r\nX: y\r\n\r\n')])
  assert.equal(statusOf(await rawExchange(intake.url, [chunked(good)])), 202)
  for (const first of ['-1\r\n', 'fffffffffffffffff\r\n', 'zz\r\n', '\r\n']) {
    const bad = Buffer.concat([Buffer.from(first), body])
    assert.equal(statusOf(await rawExchange(intake.url, [chunked(bad)])), 400, first)
  }
  assert.equal(storedIds(intake.dir).length, 1)
})
