import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  event,
  filePart,
  intakeFor,
  multipart,
  post,
  readStored,
  realProfile,
  storedIds,
  uploadBody,
} from './helpers'

test('an upload is stored as it was received, at both addresses', async (t) => {
  const intake = await intakeFor(t)
  const wall = await realProfile()
  for (const [path, service] of [
    ['/profiling/v1/input', 'shop'],
    ['/api/v2/profile', 'till'],
  ] as const) {
    const sent = event({ tags_profiler: `service:${service}`, unknown_key: { kept: true } })
    const { status, id = '' } = await post(intake, uploadBody(sent, { 'wall.pprof': wall }), {}, path)
    assert.equal(status, 202)
    assert.match(id, new RegExp(`^\\d{4}-\\d\\d-\\d\\d/${service}-[0-9a-f]{32}$`))
    const stored = readStored(intake.dir, id)
    assert.deepEqual(JSON.parse(String(stored.get('event.json'))), sent)
    assert.deepEqual(stored.get('wall.pprof'), wall)
  }
})

test('a chunked body, without a length, is accepted in pieces of any size', async (t) => {
  const intake = await intakeFor(t)
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const pieces = (async function* () {
    for (let at = 0; at < body.length; at += 101) yield body.subarray(at, at + 101)
  })()
  const { status } = await post(intake, pieces as unknown as RequestInit['body'])
  assert.equal(status, 202)
})

test('a body in gzip is accepted', async (t) => {
  const intake = await intakeFor(t)
  const wall = await realProfile()
  const body = gzipSync(uploadBody(event(), { 'wall.pprof': wall }))
  const { status, id = '' } = await post(intake, body, { 'Content-Encoding': 'gzip' })
  assert.equal(status, 202)
  assert.deepEqual(readStored(intake.dir, id).get('wall.pprof'), wall)
})

test('the same upload sent again, by a client that missed the answer, is kept once', async (t) => {
  const intake = await intakeFor(t)
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const answers = await Promise.all([post(intake, body), post(intake, body), post(intake, body)])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 202],
  )
  assert.equal(storedIds(intake.dir).length, 1)
  assert.equal(intake.counters.get('uploads.repeated'), 2)
})

test('attachments that are no profiles are dropped, and counted', async (t) => {
  const intake = await intakeFor(t)
  const sent = event({ attachments: ['code-provenance.json', 'wall.pprof'] })
  const files = { 'code-provenance.json': Buffer.from('[1]'), 'wall.pprof': await realProfile() }
  const { status, id = '' } = await post(intake, uploadBody(sent, files))
  assert.equal(status, 202)
  assert.deepEqual([...readStored(intake.dir, id).keys()], ['event.json', 'wall.pprof'])
  assert.equal(intake.counters.get('dropped.attachments'), 1)
})

test('a profile that cannot be read spoils only itself, and the answer says so', async (t) => {
  const intake = await intakeFor(t)
  const sent = event({ attachments: ['space.pprof', 'wall.pprof'] })
  const files = { 'space.pprof': Buffer.from('no profile'), 'wall.pprof': await realProfile() }
  const { status, id = '', rejected } = await post(intake, uploadBody(sent, files))
  assert.equal(status, 202)
  assert.deepEqual(
    rejected?.map(({ code, items }) => [code, items]),
    [['profile_malformed', 1]],
  )
  assert.deepEqual([...readStored(intake.dir, id).keys()], ['event.json', 'wall.pprof'])
  assert.equal(intake.counters.get('rejected.profile_malformed'), 1)
})

test('old clients that send further form fields are refused by name, not stored in part', async (t) => {
  const intake = await intakeFor(t)
  const parts = [
    filePart('event.json', JSON.stringify(event()), 'event'),
    filePart('wall.pprof', await realProfile()),
    { head: 'Content-Disposition: form-data; name="tags[]"', bytes: 'service:shop' },
  ]
  const { status, code, message } = await post(intake, multipart(parts))
  assert.deepEqual([status, code], [400, 'attachment_unlisted'])
  assert.equal(message, 'Part tags[] is not listed in the attachments of event.json.')
  assert.deepEqual(storedIds(intake.dir), [])
})
