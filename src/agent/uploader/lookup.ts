import type { LookupFunction } from 'node:net'
import type { Addon } from '../addon'

type Addresses = { address: string; family: number }[]
type Waiting = (error: NodeJS.ErrnoException | null, addresses: Addresses) => void

/**
 * `lookup` of a request, by the addon. One at a time for each host: an attempt that timed out leaves its question behind, and the next one
 * waits for the same answer.
 */
export function lookupBy(addon: Pick<Addon, 'lookup'>): LookupFunction {
  const asked = new Map<string, Waiting[]>()

  function settle(host: string, code: string | undefined, found: string[]): void {
    const waiting = asked.get(host) ?? []
    asked.delete(host)
    const message = `getaddrinfo ${code} ${host}`
    const error = code === undefined ? null : Object.assign(new Error(message), { code })
    const addresses = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    for (const done of waiting) done(error, addresses)
  }

  return (host, options, callback) => {
    const done: Waiting = (error, addresses) => {
      const [first] = addresses
      if (options.all || error || first === undefined) callback(error, addresses)
      else callback(null, first.address, first.family)
    }
    const waiting = asked.get(host)
    if (waiting !== undefined) return void waiting.push(done)
    asked.set(host, [done])
    const answer = (code: string | undefined, found: string[]) => settle(host, code, found)
    if (!addon.lookup(host, answer)) setImmediate(answer, 'EAGAIN', [])
  }
}
