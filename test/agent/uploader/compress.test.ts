import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as zlib from 'node:zlib'
import { compress, methodFor } from '../../../src/agent/uploader/compress'

const bytes = Buffer.from('profile '.repeat(1_000))
const hasZstd = 'zstdCompressSync' in zlib

test('gzip at any level reads back', () => {
  for (const level of [undefined, 1, 9]) {
    assert.deepEqual(zlib.gunzipSync(compress(bytes, { method: 'gzip', level })), bytes)
  }
})

test('off leaves the bytes as they are', () => {
  assert.equal(compress(bytes, { method: 'off', level: undefined }), bytes)
})

test('zstd where Node has it, gzip elsewhere, at any level', () => {
  for (const level of [undefined, 1, 22]) {
    const magic = Buffer.from(compress(bytes, { method: 'zstd', level })).toString('hex', 0, 2)
    assert.equal(magic, hasZstd ? '28b5' : '1f8b')
  }
  assert.equal(methodFor({ method: 'zstd', level: undefined }, false), 'gzip')
  assert.equal(methodFor({ method: 'zstd', level: undefined }, true), 'zstd')
})
