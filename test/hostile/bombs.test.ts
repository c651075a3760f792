import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as zlib from 'node:zlib'
import { limits } from '../../src/pprof/limits'
import { memoryOf, spawnIntake } from '../intake/child'
import { event, intakeFor, post, realProfile, storedIds, tempDir, uploadBody } from '../intake/helpers'
import { zstd } from '../intake/zstd'

const mebibyte = 1_048_576
const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * mebibyte)
const bomb = zlib.gzipSync(zeros(64))
const upload = (wall: Uint8Array) => uploadBody(event(), { 'wall.pprof': wall })

test('attachments that inflate too far, or not at all, are refused', async (t) => {
  const intake = await intakeFor(t)
  const wall = await realProfile()
  const half = zlib.gzipSync(zeros(16))
  const stored = zlib.gzipSync(zeros(8), { level: 0 })
  const attachments: [what: string, bytes: Buffer, code: string][] = [
    ['64 MiB in one member', bomb, 'profile_too_large'],
    [
      '64 MiB that say they are none',
      Buffer.concat([bomb.subarray(0, -4), Buffer.alloc(4)]),
      'profile_too_large',
    ],
    ['three members of 16 MiB', Buffer.concat([half, half, half]), 'profile_too_large'],
    ['gzip in gzip', zlib.gzipSync(wall), 'profile_malformed'],
    ['zeros in blocks that are not compressed', stored, 'profile_malformed'],
    ['cut', wall.subarray(0, -20), 'attachment_corrupt'],
    ['a header only', wall.subarray(0, 10), 'attachment_corrupt'],
    ['a wrong checksum', Buffer.concat([wall.subarray(0, -8), Buffer.alloc(8)]), 'attachment_corrupt'],
    ['lz4', Buffer.from('04224d186440a7', 'hex'), 'attachment_encoding_unsupported'],
  ]
  for (const [what, bytes, code] of attachments)
    assert.equal((await post(intake, upload(bytes))).code, code, what)
  assert.deepEqual(storedIds(intake.dir), [])
})

test('many attachments, each within its limit, are charged together', async (t) => {
  const intake = await intakeFor(t)
  // A comment of 30 MB: a valid profile that is large.
  const length = 30_000_000
  const varint = [
    (length & 0x7f) | 0x80,
    ((length >> 7) & 0x7f) | 0x80,
    ((length >> 14) & 0x7f) | 0x80,
    length >> 21,
  ]
  const large = zlib.gzipSync(
    Buffer.concat([Buffer.from([0x32, 0, 0x32, ...varint]), Buffer.alloc(length, 'x')]),
  )
  const names = ['wall.pprof', 'space.pprof', 'events.pprof']
  const files = Object.fromEntries(names.map((name) => [name, large]))
  const { status, rejected } = await post(intake, uploadBody(event({ attachments: names }), files))
  assert.deepEqual([status, rejected?.map(({ code }) => code)], [202, ['attachments_too_large']])
})

test('a body is charged as inflated, and only one layer of gzip is taken off', async (t) => {
  const intake = await intakeFor(t)
  const body = upload(await realProfile())
  const corrupt = [400, 'content_encoding_corrupt'] as const
  const encoded: [encoding: string, body: Buffer, status: number, code: string | undefined][] = [
    ['gzip', bomb, 413, 'upload_too_large'],
    ['gzip', zlib.gzipSync(zlib.gzipSync(body)), 400, 'multipart_malformed'],
    ['gzip', body, 400, 'content_encoding_corrupt'],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(body)), 415, 'content_encoding_unsupported'],
    ['br', zlib.brotliCompressSync(body), 415, 'content_encoding_unsupported'],
    ['zstd', body, ...corrupt],
    ['zstd', zstd(zeros(64)), 413, 'upload_too_large'],
    ['zstd', zstd(body), 202, undefined],
    ['deflate', bomb, ...corrupt],
    ['deflate', zlib.deflateSync(zeros(64)), 413, 'upload_too_large'],
    ['Deflate', zlib.deflateSync(body), 202, undefined],
    ['IDENTITY', body, 202, undefined],
    ['GZip', zlib.gzipSync(body), 202, undefined],
  ]
  for (const [encoding, bytes, status, code] of encoded) {
    const answer = await post(intake, bytes, { 'Content-Encoding': encoding })
    assert.deepEqual([answer.status, answer.code], [status, code], encoding)
  }
})

test('a body above the limit is refused, whether its length is said or not', async (t) => {
  const intake = await intakeFor(t)
  const body = zeros(12)
  const said = await post(intake, body)
  assert.equal(
    said.message,
    'Upload is 12,582,912 bytes or more; the limit is 10,485,760 (limits.uploadBytes).',
  )
  const pieces = (async function* () {
    for (let at = 0; at < body.length; at += mebibyte) yield body.subarray(at, at + mebibyte)
  })()
  const unsaid = await post(intake, pieces as unknown as RequestInit['body'])
  assert.deepEqual([unsaid.status, unsaid.code], [413, 'upload_too_large'])
})

test('zstd that inflates too far is refused', async (t) => {
  const intake = await intakeFor(t)
  const answer = await post(intake, upload(zstd(zeros(64))))
  assert.equal(answer.code, 'profile_too_large')
  const wall = zlib.gunzipSync(await realProfile())
  assert.equal((await post(intake, upload(zstd(wall)))).status, 202)
})

/** gzip tells its size in the last four bytes: what lies there is inflated until a limit ends it. */
const lying = Buffer.concat([zlib.gzipSync(zeros(256)).subarray(0, -4), Buffer.from([0, 4, 0, 0])])

// Two threads inflate. What is refused before costs nothing; what is inflated up to the limit stays until V8 frees it, and it lets as much
// again come together in each. Inflated whole, two of the large ones would take 512 MiB.
for (const [what, bytes, mostLimits] of [
  ['of 64 MiB that tell their size', bomb, 2],
  ['of 256 MiB that say they are 1 KiB', lying, 4],
] as const)
  test(`50 bombs ${what} at once take a bounded memory, and the intake goes on`, (t) =>
    bounded(t, bytes, mostLimits * limits.uploadInflatedBytes.value))

async function bounded(t: TestContext, bytes: Buffer, mostBytes: number): Promise<void> {
  const intake = await spawnIntake(t, tempDir(t))
  const target = { url: intake.url } as Parameters<typeof post>[0]
  const good = upload(await realProfile())
  // Until every thread that reads is up: what a thread takes is no bomb's doing.
  const warm = await Promise.all(Array.from({ length: 16 }, () => post(target, good)))
  for (const { status } of warm) assert.equal(status, 202)
  const before = memoryOf(intake.child).peak
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      n % 2 === 0 ? post(target, upload(bytes)) : post(target, bytes, { 'Content-Encoding': 'gzip' }),
    ),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([413]))
  const grown = memoryOf(intake.child).peak - before
  t.diagnostic(
    `peak RSS grew by ${Math.round(grown / mebibyte)} MiB from ${Math.round(before / mebibyte)} MiB`,
  )
  assert.ok(grown <= mostBytes, `peak RSS grew by ${grown} bytes`)
  assert.equal((await post(target, good)).status, 202)
  assert.equal(await intake.end('SIGTERM'), 0)
}
