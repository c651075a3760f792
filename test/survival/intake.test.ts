import assert from 'node:assert/strict'
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
  const sockets = new Set<import('node:net').Socket>()
  intakes.hangs = await listen(createTcpServer((socket) => sockets.add(socket.on('error', () => {}))))
  servers.push({ close: () => sockets.forEach((socket) => void socket.destroy()) })
})
after(() => {
  for (const server of servers) server.close()
})

const ends: End[] = ['return', 'exit', 'throw', 'SIGTERM']
describe('exit code and signal whatever the intake does', { concurrency: 2 }, () => {
  for (const line of [undefined, ...otherLines]) {
    for (const intake of line ? ['hangs'] : ['absent', 'refuses', 'fails', 'hangs']) {
      for (const end of line ? (['exit', 'SIGTERM'] as const) : ends) {
        test(`${line ? `Node ${line}: ` : ''}${intake}, ${end}`, async (t) => {
          // Where there is an answer nothing is waited for: the limit is only a loaded machine's time to ask.
          const env = { ACME_PROFILING_SHUTDOWN_TIMEOUT: intake === 'hangs' ? '4000' : '20000' }
          const child = cell('main', end, 'both', { url: intakes[intake] as string, line, env })
          const [plain, outcome] = [
            await runPlain({ ...child, url: 'http://127.0.0.1:9' }),
            await runChild(child),
          ]
          const own = outcome.stderr.split('\n').filter((text) => text.startsWith('acme-profiler: '))
          const others = outcome.stderr.replace(/^acme-profiler: .*\n/gm, '')
          assert.deepEqual([outcome.code, outcome.signal, others], [plain.code, plain.signal, plain.stderr])
          assert.ok(own.length <= 1, own.join('\n'))
          // What is refused here is to wait for the intake.
          assert.ok(outcome.tookMs < 20_000, `${outcome.tookMs} ms`)
          // What may still be wanted waits for the next process.
          assert.equal(outcome.leftovers.length, intake === 'refuses' ? 0 : 1, outcome.leftovers.join())
          t.diagnostic(`${outcome.tookMs - plain.tookMs} ms longer than without the agent`)
        })
      }
    }
  }
})
