import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from '../helpers/at-end'

/** What happens to connections from now on. */
export type Fate = 'through' | 'delayed' | 'cut' | 'stalled'

export interface LossyProxy {
  url: string
  /** True: each connection goes through, is delayed, cut at some byte of either direction, or stalls there for ever, by chance. */
  isLossy: boolean
  /** How many connections had which fate. */
  fates: Record<Fate, number>
}

const fates = ['through', 'delayed', 'cut', 'stalled'] as const
const maxDelayMs = 300
/** Of a direction; an upload is longer. */
const maxBytes = 20_000

/** Stands between an agent and `target` as a bad network would. */
export async function startLossyProxy(
  t: TestContext,
  target: string,
  random: () => number,
): Promise<LossyProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const proxy: LossyProxy = { url: '', isLossy: true, fates: { through: 0, delayed: 0, cut: 0, stalled: 0 } }
  const below = (most: number) => Math.floor(random() * most)
  const pass = (from: Socket, to: Socket, fate: Fate) => {
    let left = below(maxBytes)
    from.on('data', (chunk) => {
      left -= chunk.length
      if (fate === 'cut' && left < 0) {
        from.resetAndDestroy()
        to.resetAndDestroy()
      } else if (fate === 'stalled' && left < 0) from.pause()
      else if (fate === 'delayed') setTimeout(() => to.write(chunk), below(maxDelayMs))
      else to.write(chunk)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => setTimeout(() => to.destroy(), maxDelayMs))
  }
  const server = createServer((client) => {
    const fate = proxy.isLossy ? (fates[below(fates.length)] as Fate) : 'through'
    proxy.fates[fate]++
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    // An answer is short: half of the cuts and stalls are there, after the upload has arrived.
    const isAnswer = random() < 0.5
    pass(client, upstream, fate !== 'delayed' && isAnswer ? 'through' : fate)
    if (fate === 'cut' && isAnswer) upstream.once('data', () => client.resetAndDestroy())
    else if (fate !== 'stalled' || !isAnswer) pass(upstream, client, fate === 'delayed' ? fate : 'through')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  atEnd(t, () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}
