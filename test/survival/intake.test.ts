import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { otherLines, runChild, runPlain } from './child'
import { cell, type End } from './matrix'

// The end of a process is its own, whatever becomes of the last upload.

const intakes: Record<string, string> = { absent: 'http://127.0.0.1:9' }
const servers: { close(): void }[] = []
const listen = async (server: Server | import('node:net').Server) => {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
/** Takes connections and never answers. */
const listenSilently = async (onConnection = () => {}) => {
  const sockets = new Set<import('node:net').Socket>()
  servers.push({ close: () => sockets.forEach((socket) => void socket.destroy()) })
  return listen(
    createTcpServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      onConnection()
    }),
  )
}
before(async () => {
  intakes.refuses = await listen(
    createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(403).end())
    }),
  )
  intakes.fails = await listen(
    createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(503).end())
    }),
  )
  intakes.hangs = await listenSilently()
})
after(() => {
  for (const server of servers) server.close()
})

test('a process that stands still while it ends has its last upload on disk', async () => {
  let running: ChildProcess | undefined
  const url = await listenSilently(() => {
    // From within the time that the end may take until well after it.
    running?.kill('SIGSTOP')
    setTimeout(() => running?.kill('SIGCONT'), 2_000)
  })
  const env = { ACME_PROFILING_SHUTDOWN_TIMEOUT: '1500' }
  const onStart = (child: ChildProcess) => {
    running = child
  }
  const outcome = await runChild(cell('main', 'exit', 'both', { url, env, onStart }))
  const { code } = await runPlain(cell('main', 'exit', 'both', { url }))
  assert.deepEqual([outcome.code, outcome.signal], [code, null], outcome.stderr)
  assert.equal(outcome.leftovers.length, 1, outcome.stderr)
})

const ends: End[] = ['return', 'exit', 'throw', 'SIGTERM']
describe('exit code and signal whatever the intake does', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    for (const intake of line ? ['hangs'] : ['absent', 'refuses', 'fails', 'hangs']) {
      for (const end of line ? (['exit', 'SIGTERM'] as const) : ends) {
        test(`${line ? `Node ${line}: ` : ''}${intake}, ${end}`, async (t) => {
          // Where there is an answer nothing is waited for: the limit is only a loaded machine's time to ask.
          const limitMs = intake === 'hangs' ? 4_000 : 60_000
          const env = { ACME_PROFILING_SHUTDOWN_TIMEOUT: String(limitMs) }
          const child = cell('main', end, 'both', { url: intakes[intake] as string, line, env })
          const [plain, outcome] = [
            await runPlain({ ...child, url: 'http://127.0.0.1:9' }),
            await runChild(child),
          ]
          const own = outcome.stderr.split('\n').filter((text) => text.startsWith('acme-profiler: '))
          const others = outcome.stderr.replace(/^acme-profiler: .*\n/gm, '')
          assert.deepEqual([outcome.code, outcome.signal, others], [plain.code, plain.signal, plain.stderr])
          assert.ok(own.length <= 1, own.join('\n'))
          if (intake !== 'hangs') assert.ok(outcome.tookMs < limitMs, `${outcome.tookMs} ms`)
          // What may still be wanted waits for the next process.
          const leftovers = intake === 'refuses' ? 0 : 1
          assert.equal(outcome.leftovers.length, leftovers, `${outcome.leftovers.join()}\n${outcome.stderr}`)
          t.diagnostic(`${outcome.tookMs - plain.tookMs} ms longer than without the agent`)
        })
      }
    }
  }
})
