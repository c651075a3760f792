import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundaryOf, encodeMultipart } from '../../../src/agent/uploader/multipart'

const parts = [
  { field: 'event', filename: 'event.json', contentType: 'application/json', bytes: Buffer.from('{}') },
  {
    field: 'wall.pprof',
    filename: 'wall.pprof',
    contentType: 'application/octet-stream',
    bytes: Buffer.from([0, 255, 13, 10]),
  },
]

test('the bytes are those of Datadog’s clients', () => {
  const { body } = encodeMultipart(parts, '7c70a70e7b8200da')
  const expected =
    '--7c70a70e7b8200da\r\nContent-Disposition: form-data; name="event"; filename="event.json"\r\n' +
    'Content-Type: application/json\r\n\r\n{}\r\n' +
    '--7c70a70e7b8200da\r\nContent-Disposition: form-data; name="wall.pprof"; filename="wall.pprof"\r\n' +
    'Content-Type: application/octet-stream\r\n\r\n\0\u00ff\r\n\r\n--7c70a70e7b8200da--\r\n'
  assert.equal(body.toString('latin1'), expected)
})

test('a whole body tells its boundary; one that is cut anywhere does not', () => {
  const { body, boundary } = encodeMultipart(parts)
  assert.match(boundary, /^[0-9a-f]{16}$/)
  assert.equal(boundaryOf(body), boundary)
  for (let bytes = 0; bytes < body.length; bytes++)
    assert.equal(boundaryOf(body.subarray(0, bytes)), undefined)
  assert.equal(boundaryOf(Buffer.alloc(100)), undefined)
})
