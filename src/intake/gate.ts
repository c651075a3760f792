import { CodedError } from '../pprof/errors'
import type { LimitValues } from '../pprof/limits'

/** What the uploads in hand may take together. One refused here costs no memory; its client tries again later. */
export class Gate {
  readonly #limits: LimitValues
  readonly #waiting: (() => void)[] = []
  #uploads = 0
  #bytes = 0
  #checking = 0

  constructor(limits: LimitValues) {
    this.#limits = limits
  }

  /** Uploads in hand. */
  get uploads(): number {
    return this.#uploads
  }

  /** Bytes of their bodies. */
  get bytes(): number {
    return this.#bytes
  }

  /** Runs `work` as one upload in flight. `charge` throws intake_busy where the bodies held would take too much memory. */
  async upload<T>(work: (charge: (bytes: number) => void) => Promise<T>): Promise<T> {
    const { uploadsInFlight, bytesInFlight } = this.#limits
    this.#refuseToWait()
    if (this.#uploads >= uploadsInFlight) busy('uploads', this.#uploads, uploadsInFlight, 'uploadsInFlight')
    this.#uploads++
    let held = 0
    try {
      return await work((bytes) => {
        if (this.#bytes + bytes > bytesInFlight) busy('bytes', this.#bytes, bytesInFlight, 'bytesInFlight')
        this.#bytes += bytes
        held += bytes
      })
    } finally {
      this.#uploads--
      this.#bytes -= held
    }
  }

  /** Runs `work` when fewer than limits.uploadsChecked others run; first come, first served. Throws intake_busy where too many wait. */
  async check<T>(work: () => Promise<T>): Promise<T> {
    if (this.#checking >= this.#limits.uploadsChecked) {
      this.#refuseToWait()
      await new Promise<void>((go) => this.#waiting.push(go))
    } else {
      this.#checking++
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#checking--
    }
  }

  // Whoever waits behind many would be answered late, and those after them later still.
  #refuseToWait(): void {
    const { uploadsWaiting } = this.#limits
    const { length } = this.#waiting
    if (length >= uploadsWaiting) busy('waiting uploads', length, uploadsWaiting, 'uploadsWaiting')
  }
}

function busy(unit: string, actual: number, limit: number, name: string): never {
  throw new CodedError('intake_busy', { actual, unit, limit, knob: `limits.${name}` })
}
