import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { CodedError } from '../pprof/errors'
import type { LimitValues } from '../pprof/limits'
import { TokenBucket } from './token-bucket'

type Bounds = Pick<LimitValues, 'keyRequestsPerSecond' | 'keyBytesPerSecond'>

/** A key that was shown, and what it may still send. */
export interface KeyHolder {
  name: string
  /** Throws CodedError key_limited. */
  charge(bytes: number): void
}

/** The keys of this intake, and who shows one. */
export class Keys {
  // Of equal length and unknown to the sender, so that comparing them tells nothing about the keys.
  readonly #secret = randomBytes(32)
  readonly #keys: { digest: Buffer; holder: Holder }[]

  /** @param keys name to key; where empty, everybody is let in */
  constructor(keys: ReadonlyMap<string, string>, limits: Bounds) {
    this.#keys = [...keys].map(([name, key]) => ({
      digest: this.#digest(key),
      holder: new Holder(name, limits),
    }))
  }

  /** Counts a request for the key it shows; undefined where no key is asked for. Throws CodedError key_*. */
  admit(headers: IncomingHttpHeaders): KeyHolder | undefined {
    if (this.#keys.length === 0) return undefined
    const shown = shownKey(headers)
    if (shown === undefined) throw new CodedError('key_missing')
    const digest = this.#digest(shown)
    let found: Holder | undefined
    // All of them, always: the time must not tell which.
    for (const { digest: known, holder } of this.#keys) if (timingSafeEqual(known, digest)) found = holder
    if (found === undefined) throw new CodedError('key_unknown')
    found.request()
    return found
  }

  #digest(key: string): Buffer {
    return createHmac('sha256', this.#secret).update(key).digest()
  }
}

class Holder implements KeyHolder {
  readonly #limits: Bounds
  readonly #requests: TokenBucket
  readonly #bytes: TokenBucket

  constructor(
    readonly name: string,
    limits: Bounds,
  ) {
    this.#limits = limits
    this.#requests = new TokenBucket(limits.keyRequestsPerSecond)
    this.#bytes = new TokenBucket(limits.keyBytesPerSecond)
  }

  request(): void {
    if (!this.#requests.take(1)) limited(this.#limits, 'requests', 'keyRequestsPerSecond')
  }

  charge(bytes: number): void {
    if (!this.#bytes.take(bytes)) limited(this.#limits, 'bytes', 'keyBytesPerSecond')
  }
}

function limited(limits: Bounds, unit: string, knob: keyof Bounds): never {
  throw new CodedError('key_limited', { limit: limits[knob], unit, knob: `limits.${knob}` })
}

/** Datadog's header, ours, a bearer token, or the password of Basic, as Grafana's clients send it. */
function shownKey(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['dd-api-key'] ?? headers['x-acme-key']
  if (typeof own === 'string' && own !== '') return own
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() !== 'basic') return undefined
  const pair = Buffer.from(credentials, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}
