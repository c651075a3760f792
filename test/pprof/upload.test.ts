import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CodedError, type ErrorCode } from '../../src/pprof/errors'
import { limitValues } from '../../src/pprof/limits'
import { parseEvent } from '../../src/pprof/upload'

const limits = limitValues()

const sent = {
  attachments: ['space.pprof', 'wall.pprof'],
  start: '2026-11-22T00:32:21.929Z',
  end: '2026-11-22T00:32:26.995Z',
  family: 'node',
  version: '4',
  tags_profiler: 'service:svc,env:prod,version:undefined',
  endpoint_counts: { 'GET /a/:id': 870 },
  custom_attributes: ['customer'],
  process_tags: 'entrypoint.type:script',
  info: { profiler: { version: '5.132.0' } },
}

const parse = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return parseEvent(new TextEncoder().encode(text), limits)
}

function refused(value: unknown, code: ErrorCode, message: string): void {
  assert.throws(() => parse(value), { name: 'CodedError', code, message })
}

test('an event as dd-trace sends it', () => {
  const { event, startMs, endMs, tags } = parse(sent)
  assert.deepEqual(event, sent)
  assert.equal(endMs - startMs, 5_066)
  assert.deepEqual([...tags], Object.entries({ service: 'svc', env: 'prod' }))
})

test('unknown keys are accepted and null counts are none, as libdatadog sends them', () => {
  const { event } = parse({ ...sent, endpoint_counts: null, internal: { libdatadog_version: '1' } })
  assert.deepEqual(event, { ...sent, endpoint_counts: {} })
})

test('what is wrong is said, with the field', () => {
  const { start: _, ...noStart } = sent
  refused(noStart, 'event_invalid', 'event.json: start is missing.')
  refused({ ...sent, end: '2026-11-22T00:32:20Z' }, 'event_invalid', 'event.json: end is before start.')
  refused({ ...sent, end: 12 }, 'event_invalid', 'event.json: end is not a string.')
  const notTime = 'event.json: end is not a time as RFC 3339 writes it.'
  for (const end of ['', 'yesterday', '2026-13-01T00:00:00Z', '2026-11-22'])
    refused({ ...sent, end }, 'event_invalid', notTime)
  const notNames = 'event.json: attachments is not a list of strings.'
  for (const attachments of ['wall.pprof', [1], {}])
    refused({ ...sent, attachments }, 'event_invalid', notNames)
  refused({ ...sent, attachments: [] }, 'event_invalid', 'event.json: attachments is empty.')
  refused({ ...sent, attachments: ['a', 'a'] }, 'attachment_repeated', 'Attachment a occurs more than once.')
  const longName =
    'event.json: attachments has a name of 257 characters; 1 to 256 are accepted (limits.attachmentNameChars).'
  refused({ ...sent, attachments: ['n'.repeat(257)] }, 'event_invalid', longName)
  const notCount = 'event.json: endpoint_counts has a value that is not a count.'
  for (const count of [-1, 0.5, '1', null, 2 ** 53])
    refused({ ...sent, endpoint_counts: { a: count } }, 'event_invalid', notCount)
  refused({ ...sent, info: [] }, 'event_invalid', 'event.json: info is not an object.')
  refused('[]', 'event_not_json', 'event.json is not a JSON object in UTF-8: it holds another type.')
})

test('keys that are special in JavaScript are ordinary', () => {
  const text = JSON.stringify(sent).replace('"GET /a/:id"', '"__proto__"')
  const { event } = parse(text)
  assert.deepEqual(Object.entries(event.endpoint_counts), [['__proto__', 870]])
  assert.equal(Object.getPrototypeOf(event.endpoint_counts), Object.prototype)
})

test('whatever JSON comes, the answer is an event or a coded error', () => {
  const field = fc.constantFrom(...Object.keys(sent))
  fc.assert(
    fc.property(field, fc.jsonValue(), (key, value) => {
      try {
        parse({ ...sent, [key]: value })
      } catch (error) {
        assert.ok(error instanceof CodedError)
      }
    }),
  )
})
