import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine reaches the address. Of names, `localhost` alone is known to be such. */
export function isLoopback(host: string): boolean {
  const version = isIP(host)
  if (version === 0) return host === 'localhost'
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

/** The address is one that others reach, and there is no key to keep them out. */
export class OpenAddress extends Error {
  override readonly name = 'OpenAddress'

  constructor(host: string) {
    super(`--host ${host} can be reached by others, and no key is set (ACME_INTAKE_KEYS): not started.`)
  }
}

/** Throws OpenAddress. */
export function refuseOpenAddress(host: string, keys: ReadonlyMap<string, string>): void {
  if (keys.size === 0 && !isLoopback(host)) throw new OpenAddress(host)
}
