import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Intake } from '../../src/intake/server'
import { eventually } from '../intake/eventually'
import {
  event,
  intakeFor,
  post,
  rawExchange,
  rawUpload,
  realProfile,
  statusOf,
  storedIds,
  uploadBody,
} from '../intake/helpers'

// As the intake's own, but short: what is tested is that each way of being slow ends, not when.
const quick = { requestMs: 1_500, headersMs: 1_000, keepAliveMs: 500 }

function open(intake: Intake): Promise<Socket> {
  const { hostname, port } = new URL(intake.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  return once(socket, 'connect').then(() => socket)
}

// Not events.once, which takes a reset for a failure of the test.
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve()).resume()))

/** Writes 100 bytes one at a time from `from` on, all else at once; resolves to what came back when the other side has closed. */
async function trickle(intake: Intake, bytes: Buffer, from: number): Promise<string> {
  const socket = await open(intake)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.write(bytes.subarray(0, from))
  for (let at = from; at < from + 100 && !socket.closed; at++) {
    socket.write(bytes.subarray(at, at + 1))
    await wait(50)
  }
  socket.write(bytes.subarray(from + 100))
  await closed(socket)
  return received
}

test('headers that come too slowly end in 408, though the request has time left', async (t) => {
  const intake = await intakeFor(t, { limits: { headersMs: 1_000 } })
  const request = rawUpload(uploadBody(event(), { 'wall.pprof': await realProfile() }))
  assert.equal(statusOf(await trickle(intake, request, 1)), 408)
})

test('a body that comes too slowly ends in 408, though its headers were in time, and makes room for the next', async (t) => {
  const intake = await intakeFor(t, { limits: { ...quick, uploadsInFlight: 1 } })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const request = rawUpload(body)
  assert.equal(statusOf(await trickle(intake, request, request.indexOf('\r\n\r\n') + 4)), 408)
  assert.deepEqual(storedIds(intake.dir), [])
  assert.equal((await post(intake, body)).status, 202)
})

test('the body of a dropped request may not be slow either', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const request = 'PUT /v0.4/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx'
  assert.equal(statusOf(await rawExchange(intake.url, [request])), 408)
})

test('a dropped body without end is cut off', async (t) => {
  const intake = await intakeFor(t, { limits: { drainBytes: 1_000_000 } })
  const socket = await open(intake)
  socket.write('PUT /v0.4/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n')
  const chunk = Buffer.alloc(65_536)
  const write = () => {
    while (socket.writable && socket.write(chunk));
  }
  socket.on('drain', write)
  write()
  await closed(socket)
  assert.ok(socket.bytesWritten < 500_000_000)
})

test('of 1,000 silent connections those above the limit are closed at once, and it goes on', async (t) => {
  const intake = await intakeFor(t, { limits: { connections: 100 } })
  const sockets = await Promise.all(Array.from({ length: 1_000 }, () => open(intake)))
  for (const socket of sockets) socket.resume()
  while (sockets.filter((socket) => socket.closed).length < 900) await wait(20)
  assert.equal(intake.counters.get('dropped.connections'), 900)
  for (const socket of sockets) socket.destroy()
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  // Until those that are gone are gone there too.
  const answer = await eventually(() => post(intake, body).catch(() => undefined))
  assert.equal(answer.status, 202)
})

test('connections that stay silent are closed after a while', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const sockets = await Promise.all(Array.from({ length: 100 }, () => open(intake)))
  await Promise.all(sockets.map(closed))
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  assert.equal((await post(intake, body)).status, 202)
})

test('a connection is closed when it is silent after an answer', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const received = await rawExchange(intake.url, ['GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n'])
  assert.equal(statusOf(received), 200)
})

test('pipelined requests are answered in their order', async (t) => {
  const intake = await intakeFor(t, { limits: quick })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const upload = Buffer.from(
    rawUpload(body).toString('latin1').replace('Connection: close\r\n', ''),
    'latin1',
  )
  const info = Buffer.from('GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const received = await rawExchange(intake.url, [Buffer.concat([upload, info, upload, info])])
  assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), [
    'HTTP/1.1 202',
    'HTTP/1.1 200',
    'HTTP/1.1 202',
    'HTTP/1.1 200',
  ])
  assert.equal(storedIds(intake.dir).length, 1)
})

test('a client that goes away in the middle leaves nothing, on the disk or in hand', async (t) => {
  const intake = await intakeFor(t, { limits: { ...quick, uploadsInFlight: 3 } })
  const request = rawUpload(uploadBody(event(), { 'wall.pprof': await realProfile() }))
  for (const share of [0.1, 0.5, 0.99]) {
    const socket = await open(intake)
    await new Promise((written) => socket.write(request.subarray(0, request.length * share), written))
    socket.resetAndDestroy()
  }
  const half = await open(intake)
  half.end(request.subarray(0, 1_000))
  await closed(half)
  assert.deepEqual(storedIds(intake.dir), [])
  const next = await post(intake, uploadBody(event(), { 'wall.pprof': await realProfile() }))
  assert.equal(next.status, 202)
})

test('uploads above what the intake may hold are told to come again', async (t) => {
  const intake = await intakeFor(t, { limits: { uploadsInFlight: 4, bytesInFlight: 300_000 } })
  const slow = await Promise.all(Array.from({ length: 4 }, () => open(intake)))
  const head = rawUpload(Buffer.alloc(0), 'Content-Length: 1000')
  for (const socket of slow) socket.write(head)
  await Promise.all(slow.map((socket) => new Promise((written) => socket.write('x', written))))
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  // Until it has seen all four.
  let answer = await post(intake, body)
  while (answer.status === 202) answer = await post(intake, body)
  assert.deepEqual([answer.status, answer.code], [429, 'intake_busy'])
  assert.equal(
    answer.message,
    'The intake holds 4 uploads; the limit is 4 (limits.uploadsInFlight). Try again later.',
  )
  for (const socket of slow) socket.destroy()
  await eventually(async () => (await post(intake, body)).status === 202 || undefined)
  assert.equal((await post(intake, Buffer.alloc(300_001))).code, 'intake_busy')
  assert.equal((await post(intake, body)).status, 202)
})

test('uploads that would wait behind many are refused, and the others are answered', async (t) => {
  const intake = await intakeFor(t, { limits: { uploadsChecked: 1, uploadsWaiting: 2 } })
  const body = uploadBody(event(), { 'wall.pprof': await realProfile() })
  const answers = await Promise.all(Array.from({ length: 40 }, () => post(intake, body)))
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length > 0 && refused.length < 40)
  assert.ok(answers.every(({ status }) => status === 202 || status === 429))
  for (const { message } of refused) {
    assert.equal(
      message,
      'The intake holds 2 waiting uploads; the limit is 2 (limits.uploadsWaiting). Try again later.',
    )
  }
  assert.equal((await post(intake, body)).status, 202)
})
