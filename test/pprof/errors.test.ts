import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '../../src/pprof/errors'

test('a message about a limit says both numbers and the knob', () => {
  const error = new CodedError('upload_too_large', { actual: 12_582_912, limit: 10_485_760 })
  assert.equal(error.status, 413)
  assert.equal(
    error.message,
    'Upload is 12,582,912 bytes or more; the limit is 10,485,760 (limits.uploadBytes).',
  )
})

test('what a stranger sent is shown in one short line of ASCII', () => {
  const name = `\u001b[31m\r\nSet-Cookie: a=b\u202e${'x'.repeat(500)}`
  const { message } = new CodedError('attachment_missing', { name })
  assert.match(message, /^[\x20-\x7e]{1,300}$/)
})

test('a message has no placeholder of its own left when a detail looks like one', () => {
  const { message } = new CodedError('event_invalid', { field: '{reason}', reason: 'x' })
  assert.equal(message, 'event.json: {reason} x.')
})
