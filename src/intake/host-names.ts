import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { CodedError } from '../pprof/errors'

/**
 * Refuses what a web page of a stranger makes a browser send: a name that was rebound to this address stands in Host, and the page's own
 * name in Origin. An address cannot be rebound. Throws CodedError host_not_allowed.
 */
export class HostNames {
  readonly #names: ReadonlySet<string>

  /** @param names host names beside `localhost`, without ports */
  constructor(names: readonly string[]) {
    this.#names = new Set(['localhost', ...names.map((name) => name.toLowerCase())])
  }

  check(headers: IncomingHttpHeaders): void {
    const { host = '', origin } = headers
    if (!this.#isAllowed(host)) refuse('Host', host)
    if (origin === undefined) return
    const [, originHost = ''] = /^https?:\/\/([^/]*)$/i.exec(origin) ?? []
    // An address in Origin says where a page came from, which may be anywhere: it has to be this one.
    const isOwn = originHost.toLowerCase() === host.toLowerCase() || this.#names.has(nameOf(originHost))
    if (!isOwn) refuse('Origin', origin)
  }

  #isAllowed(host: string): boolean {
    const name = nameOf(host)
    return this.#names.has(name) || isIP(name) !== 0
  }
}

/** Without the port and the brackets of IPv6. */
function nameOf(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.trim()) ?? []
  return (bracketed ?? plain ?? '').toLowerCase()
}

function refuse(header: string, actual: string): never {
  throw new CodedError('host_not_allowed', { header, actual: actual === '' ? 'nothing' : actual })
}
