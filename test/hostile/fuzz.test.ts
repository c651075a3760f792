import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { figures } from '../figures'
import { event, intakeFor, post, rawUpload, realProfile, storedIds, uploadBody } from '../intake/helpers'
import { mutate, randomFrom, split } from './mutate'

const seconds = Number(process.env.FUZZ_SECONDS ?? 15)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))
const senders = 64

/** Sends pieces, one at a time or together; resolves when the other side has closed. */
function exchange(url: string, pieces: readonly Buffer[], isEnding: boolean): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece)
      if (isEnding) socket.end()
    })
  })
}

test('whatever comes over a socket, it is answered or closed, never with a 5xx, and the store stays whole', async (t) => {
  t.diagnostic(`FUZZ_SEED=${seed}`)
  const random = randomFrom(seed)
  const intake = await intakeFor(t, { limits: { requestMs: 1_000, headersMs: 1_000, keepAliveMs: 500 } })
  const wall = await realProfile()
  const plain = gunzipSync(wall)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const maybe = (bytes: Buffer, share: number) => (random() < share ? mutate(bytes, random) : bytes)
  const next = (): Buffer => {
    const text = maybe(Buffer.from(JSON.stringify(event({ info: { n: random() } }))), 0.3).toString('latin1')
    const profile = pick([
      () => maybe(plain, 0.7),
      () => maybe(wall, 0.7),
      () => gzipSync(maybe(plain, 0.7)),
    ])()
    const body = maybe(uploadBody(text, { 'wall.pprof': profile }), 0.4)
    const chunked = Buffer.concat([
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ])
    const zipped = maybe(gzipSync(body), 0.5)
    const traces = Buffer.from('PUT /v0.4/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc')
    const request = pick([
      () => rawUpload(body),
      () => rawUpload(chunked, 'Transfer-Encoding: chunked'),
      () => rawUpload(zipped, `Content-Encoding: gzip\r\nContent-Length: ${zipped.length}`),
      () => Buffer.concat([traces, rawUpload(body)]),
    ])()
    return maybe(request, 0.3)
  }
  const statuses = new Map<string, number>()
  let sent = 0
  const until = Date.now() + seconds * 1_000
  const send = async () => {
    while (Date.now() < until) {
      sent++
      const received = await exchange(intake.url, split(next(), 6, random), random() < 0.3)
      for (const [, status = ''] of received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
        assert.ok(status < '500', received)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
  }
  await Promise.all(Array.from({ length: senders }, send))
  const answers = [...statuses].sort().map(([status, count]) => `${count} × ${status}`)
  t.diagnostic(`${sent} requests; ${answers.join(', ')}; ${storedIds(intake.dir).length} stored`)
  assert.deepEqual(
    Object.keys(intake.counters.toJSON()).filter((name) => /storage|internal/.test(name)),
    [],
  )
  assert.equal((await post(intake, uploadBody(event(), { 'wall.pprof': wall }))).status, 202)
  figures({ mutated: sent })
})
