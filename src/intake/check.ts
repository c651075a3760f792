import { decodeProfile } from '../pprof/decode'
import { CodedError } from '../pprof/errors'
import { FormatError } from '../pprof/format-error'
import type { LimitValues } from '../pprof/limits'
import { type Compression, inflateGzip, inflateZstd, readsZstd, sniff, TooLarge } from './inflate'
import type { Part } from './multipart'

/**
 * Inflates and decodes every profile of an upload, one after the other, and keeps nothing of them: what is stored is what was
 * received. Returns how many profiles could not be read because this runtime has no zstd. Attachments that are no profiles are
 * not looked into. Throws CodedError attachment_*, profile_* or attachments_too_large.
 */
export async function checkAttachments(attachments: readonly Part[], limits: LimitValues): Promise<number> {
  let inflatedBytes = 0
  let unchecked = 0
  for (const { name, bytes } of attachments) {
    if (!name.endsWith('.pprof')) continue
    const compression = sniff(bytes)
    if (compression === 'lz4')
      throw new CodedError('attachment_encoding_unsupported', { name, actual: compression })
    if (compression === 'zstd' && !readsZstd) {
      unchecked++
      continue
    }
    const maxBytes = Math.min(limits.uploadInflatedBytes - inflatedBytes, limits.profileInflatedBytes)
    try {
      const profile = await inflate(bytes, compression, maxBytes)
      inflatedBytes += profile.length
      decodeProfile(profile, limits)
    } catch (error) {
      throw coded(error, name, maxBytes, limits)
    }
  }
  return unchecked
}

async function inflate(bytes: Buffer, compression: Compression, maxBytes: number): Promise<Buffer> {
  if (compression === 'gzip') return inflateGzip(bytes, maxBytes)
  if (compression === 'zstd') return inflateZstd(bytes, maxBytes)
  if (bytes.length > maxBytes) throw new TooLarge()
  return bytes
}

function coded(error: unknown, name: string, maxBytes: number, limits: LimitValues): CodedError {
  if (error instanceof FormatError)
    return new CodedError('profile_malformed', { name, reason: error.message })
  if (!(error instanceof TooLarge)) {
    return new CodedError('attachment_corrupt', {
      name,
      reason: error instanceof Error ? error.message : 'unreadable',
    })
  }
  const { profileInflatedBytes, uploadInflatedBytes } = limits
  if (maxBytes === profileInflatedBytes) {
    return new CodedError('profile_too_large', { name, actual: maxBytes + 1, limit: profileInflatedBytes })
  }
  return new CodedError('attachments_too_large', {
    actual: uploadInflatedBytes + 1,
    limit: uploadInflatedBytes,
  })
}
