import { decodeProfile } from '../../pprof/decode'
import { CodedError } from '../../pprof/errors'
import { FormatError } from '../../pprof/format-error'
import type { LimitValues } from '../../pprof/limits'
import type { Profile } from '../../pprof/model'
import { SampleColumns } from '../../pprof/sample-columns'
import { inflateGzip, inflateZstd, sniff, TooLarge } from '../inflate'

/** Of this thread, which checks one profile after the other. What a larger profile takes is not kept. */
const columns = new SampleColumns()
const keptBytes = 4 * 1024 * 1024

/** Inflates and decodes the profiles of one upload, one after the other, charging what they inflate to. */
export class ProfileChecker {
  readonly #limits: LimitValues
  #leftBytes: number

  constructor(limits: LimitValues) {
    this.#limits = limits
    this.#leftBytes = limits.uploadInflatedBytes
  }

  /**
   * The profile is good until the next one is checked. Throws CodedError attachment_*, profile_* or attachments_too_large.
   * @param decode how its bytes are read where they are no ordinary profile
   */
  check(name: string, bytes: Uint8Array, decode: typeof decodeProfile = decodeProfile): Profile {
    const inflated = this.#inflate(name, bytes)
    this.#leftBytes -= inflated.length
    try {
      return decode(inflated, this.#limits, inflated.length > keptBytes ? undefined : columns)
    } catch (error) {
      // Any other error is a fault of the decoder, and shall be seen as one.
      if (!(error instanceof FormatError)) throw error
      throw new CodedError('profile_malformed', { name, reason: error.message })
    }
  }

  #inflate(name: string, bytes: Uint8Array): Uint8Array {
    const compression = sniff(bytes)
    const maxBytes = Math.min(this.#leftBytes, this.#limits.profileInflatedBytes)
    if (compression === 'lz4')
      throw new CodedError('attachment_encoding_unsupported', { name, actual: compression })
    try {
      if (compression === 'gzip') return inflateGzip(bytes, maxBytes)
      if (compression === 'zstd') return inflateZstd(bytes, maxBytes)
    } catch (error) {
      if (error instanceof TooLarge) throw this.#tooLarge(name, maxBytes)
      throw new CodedError('attachment_corrupt', {
        name,
        reason: error instanceof Error ? error.message : 'unreadable',
      })
    }
    if (bytes.length > maxBytes) throw this.#tooLarge(name, maxBytes)
    return bytes
  }

  #tooLarge(name: string, maxBytes: number): CodedError {
    const { profileInflatedBytes, uploadInflatedBytes } = this.#limits
    if (maxBytes === profileInflatedBytes) {
      return new CodedError('profile_too_large', { name, actual: maxBytes + 1, limit: maxBytes })
    }
    return new CodedError('attachments_too_large', {
      actual: uploadInflatedBytes + 1,
      limit: uploadInflatedBytes,
    })
  }
}
