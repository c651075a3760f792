import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { steadyLoad } from '../../bench/lib/steady-load'

async function serve(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('each request is sent once and has a latency, whatever pieces its answer comes in', async () => {
  const asked: (string | undefined)[] = []
  const url = await serve((request, response) => {
    asked.push(request.url)
    const half = asked.length % 2 === 0 ? 1 : 39_999
    response.setHeader('content-length', 40_000)
    response.write(Buffer.alloc(half))
    setImmediate(() => response.end(Buffer.alloc(40_000 - half)))
  })
  const latenciesMs = await steadyLoad(url, '/a?b=1', { perSecond: 500, seconds: 0.5 })
  assert.equal(latenciesMs.length, 250)
  assert.deepEqual(asked, Array(250).fill('/a?b=1'))
  assert.ok(latenciesMs.every((ms) => ms > 0))
})

test('requests do not wait for earlier ones: a service that answers none until many came gets them all', async () => {
  const held: (() => void)[] = []
  const url = await serve((_, response) => {
    held.push(() => response.end('ok'))
    if (held.length >= 60) for (const answer of held.splice(0)) answer()
  })
  const latenciesMs = await steadyLoad(url, '/', { perSecond: 600, seconds: 0.2 })
  assert.equal(latenciesMs.length, 120)
})

test('an answer that is no 200 is an error', async () => {
  const url = await serve((_, response) => response.writeHead(503).end('no'))
  await assert.rejects(steadyLoad(url, '/', { perSecond: 100, seconds: 1 }), /HTTP\/1.1 503/)
})

test('latency counts from when a request was due, however late it was sent', async () => {
  const url = await serve((_, response) => response.end('ok'))
  const answered = steadyLoad(url, '/', { perSecond: 100, seconds: 0.5 })
  const untilMs = performance.now() + 300
  while (performance.now() < untilMs);
  const latenciesMs = await answered
  assert.equal(latenciesMs.length, 50)
  // Those of the first 100 ms waited for the sender.
  assert.ok(latenciesMs.filter((ms) => ms > 190).length >= 10)
})
