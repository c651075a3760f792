import { decodeProfile } from '../../pprof/decode'
import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { Profile } from '../../pprof/model'
import { inflateGzip, inflateZstd, sniff } from '../inflate'

/** A profile out of its bytes as received. Throws an Error that says why not; nothing else can happen to the reader. */
export function readProfile(bytes: Uint8Array, limits: LimitValues): Profile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const compression = sniff(buffer)
  if (compression === 'gzip') return decodeProfile(inflateGzip(buffer, limits.profileInflatedBytes), limits)
  if (compression === 'none') return decodeProfile(buffer, limits)
  if (compression === 'zstd') {
    return decodeProfile(inflateZstd(buffer, limits.profileInflatedBytes), limits)
  }
  throw new CodedError('attachment_encoding_unsupported', { name: 'profile', actual: compression })
}
