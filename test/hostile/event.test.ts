import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import {
  event,
  filePart,
  intakeFor,
  multipart,
  post,
  realProfile,
  storedIds,
  uploadBody,
} from '../intake/helpers'

const deep = (levels: number) => `{"info":${'['.repeat(levels)}${']'.repeat(levels)}}`
const withRaw = (field: string, json: string) =>
  JSON.stringify(event({ [field]: 'HERE' })).replace('"HERE"', json)

const refusedEvents: [what: string, text: string, code: string][] = [
  ['nothing', '', 'event_not_json'],
  ['text', 'start=now', 'event_not_json'],
  ['cut JSON', JSON.stringify(event()).slice(0, -1), 'event_not_json'],
  ['two objects', '{}{}', 'event_not_json'],
  ['null', 'null', 'event_not_json'],
  ['a nesting of 10,000', deep(10_000), 'event_too_deep'],
  ['a nesting of 10,000 never closed', '['.repeat(10_000), 'event_too_deep'],
  ['a huge number', withRaw('endpoint_counts', '{"GET /":1e999}'), 'event_invalid'],
  [
    'a number of 100,000 digits',
    withRaw('endpoint_counts', `{"GET /":${'9'.repeat(100_000)}}`),
    'event_invalid',
  ],
  [
    'a duplicate key whose last value is wrong',
    JSON.stringify(event()).replace('{', '{"end":"x",').replace(/}$/, ',"start":1}'),
    'event_invalid',
  ],
  ['more than 1 MiB', withRaw('info', `{"a":"${'x'.repeat(1_048_576)}"}`), 'event_too_large'],
  ['an end before the start', JSON.stringify(event({ end: '1999-01-01T00:00:00Z' })), 'event_invalid'],
  [
    'an attachment that is not there',
    JSON.stringify(event({ attachments: ['wall.pprof', 'space.pprof'] })),
    'attachment_missing',
  ],
  [
    'an attachment listed twice',
    JSON.stringify(event({ attachments: ['wall.pprof', 'wall.pprof'] })),
    'attachment_repeated',
  ],
  [
    'fewer attachments than parts',
    JSON.stringify(event({ attachments: ['../wall.pprof'] })),
    'attachment_missing',
  ],
  [
    '100 attachments',
    JSON.stringify(event({ attachments: Array.from({ length: 100 }, (_, n) => `${n}`) })),
    'too_many_parts',
  ],
]

test('an event.json that is wrong is refused with a code, and nothing is kept', async (t) => {
  const intake = await intakeFor(t)
  const wall = await realProfile()
  for (const [what, text, code] of refusedEvents) {
    const answer = await post(intake, uploadBody(text, { 'wall.pprof': wall }))
    assert.equal(answer.code, code, what)
    assert.ok(answer.status >= 400 && answer.status < 500, what)
  }
  assert.deepEqual(storedIds(intake.dir), [])
  figures({ handMade: refusedEvents.length })
})

test('an event in bytes that are not UTF-8 is refused', async (t) => {
  const intake = await intakeFor(t)
  const bytes = Buffer.concat([Buffer.from('{"start":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
  const { code } = await post(intake, multipart([filePart('event.json', bytes, 'event')]))
  assert.equal(code, 'event_not_json')
})

test('an upload without an event, or with two, is refused', async (t) => {
  const intake = await intakeFor(t)
  const text = JSON.stringify(event())
  const wall = filePart('wall.pprof', await realProfile())
  const none = await post(intake, multipart([wall]))
  assert.equal(none.code, 'event_missing')
  const parts = [filePart('event.json', text, 'event'), filePart('event.json', text, 'event'), wall]
  const two = await post(intake, multipart(parts))
  assert.equal(two.code, 'attachment_repeated')
  const shadow = [filePart('event.json', text, 'event'), filePart('event.json', '{}', 'other'), wall]
  assert.equal((await post(intake, multipart(shadow))).code, 'attachment_repeated')
})
