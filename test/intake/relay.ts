import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { atEnd } from '../helpers/at-end'

/** Stands between unmodified clients and an intake that dies: notes what was acknowledged, and resets what cannot be. */
export interface Relay {
  url: string
  /** Where it sends to from now on. */
  target: string
  /** Ids of uploads that were answered with 202. */
  uploads: Set<string>
  /** Other requests that were answered with 200, by path. */
  answered: Map<string, number>
}

export async function relayFor(t: TestContext, target: string): Promise<Relay> {
  const relay: Relay = { url: '', target, uploads: new Set(), answered: new Map() }
  const server = createServer(async (request, response) => {
    try {
      const body = await buffer(request)
      const {
        host: _,
        'content-length': __,
        'transfer-encoding': ___,
        connection: ____,
        ...kept
      } = request.headers
      const answer = await fetch(relay.target + request.url, {
        method: request.method ?? 'GET',
        headers: kept as Record<string, string>,
        ...(body.length > 0 && { body }),
      })
      const text = await answer.text()
      const path = request.url ?? ''
      if (path === '/profiling/v1/input' && answer.status === 202) relay.uploads.add(JSON.parse(text).id)
      else if (answer.ok) relay.answered.set(path, (relay.answered.get(path) ?? 0) + 1)
      response
        .writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' })
        .end(text)
    } catch {
      request.socket.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return relay
}
