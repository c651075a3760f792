import { decodeProfile } from '../pprof/decode'
import { CodedError } from '../pprof/errors'
import { FormatError } from '../pprof/format-error'
import type { LimitValues } from '../pprof/limits'
import { inflateGzip, inflateZstd, readsZstd, sniff, TooLarge } from './inflate'
import type { Part } from './multipart'

/**
 * Inflates and decodes every profile of an upload, one after the other, and keeps nothing of them: what is stored is what was
 * received. Returns how many profiles could not be read because this runtime has no zstd. Attachments that are no profiles are
 * not looked into. Throws CodedError attachment_*, profile_* or attachments_too_large.
 */
export async function checkAttachments(attachments: readonly Part[], limits: LimitValues): Promise<number> {
  let leftBytes = limits.uploadInflatedBytes
  let unchecked = 0
  for (const part of attachments) {
    if (!part.name.endsWith('.pprof')) continue
    if (sniff(part.bytes) === 'zstd' && !readsZstd) {
      unchecked++
      continue
    }
    const profile = await inflate(part, leftBytes, limits)
    leftBytes -= profile.length
    check(part.name, profile, limits)
  }
  return unchecked
}

async function inflate({ name, bytes }: Part, leftBytes: number, limits: LimitValues): Promise<Buffer> {
  const compression = sniff(bytes)
  const maxBytes = Math.min(leftBytes, limits.profileInflatedBytes)
  if (compression === 'lz4')
    throw new CodedError('attachment_encoding_unsupported', { name, actual: compression })
  try {
    if (compression === 'gzip') return await inflateGzip(bytes, maxBytes)
    if (compression === 'zstd') return await inflateZstd(bytes, maxBytes)
  } catch (error) {
    if (error instanceof TooLarge) throw tooLarge(name, maxBytes, limits)
    throw new CodedError('attachment_corrupt', {
      name,
      reason: error instanceof Error ? error.message : 'unreadable',
    })
  }
  if (bytes.length > maxBytes) throw tooLarge(name, maxBytes, limits)
  return bytes
}

function tooLarge(name: string, maxBytes: number, limits: LimitValues): CodedError {
  const { profileInflatedBytes, uploadInflatedBytes } = limits
  if (maxBytes === profileInflatedBytes) {
    return new CodedError('profile_too_large', { name, actual: maxBytes + 1, limit: maxBytes })
  }
  return new CodedError('attachments_too_large', {
    actual: uploadInflatedBytes + 1,
    limit: uploadInflatedBytes,
  })
}

// Any other error is a fault of the decoder, and shall be seen as one.
function check(name: string, profile: Buffer, limits: LimitValues): void {
  try {
    decodeProfile(profile, limits)
  } catch (error) {
    if (error instanceof FormatError)
      throw new CodedError('profile_malformed', { name, reason: error.message })
    throw error
  }
}
