import { CodedError } from '../pprof/errors'
import type { LimitValues } from '../pprof/limits'
import { inflateGzip, sniff, TooLarge } from './inflate'
import type { Part } from './multipart'

/**
 * Inflates and reads every profile of an upload, one after the other, and keeps nothing of them: what is stored is what was received.
 * Throws CodedError attachment_*, profile_* or attachments_too_large.
 */
export async function checkAttachments(attachments: readonly Part[], limits: LimitValues): Promise<void> {
  let inflatedBytes = 0
  for (const part of attachments) {
    if (!part.name.endsWith('.pprof')) continue
    const profile = await inflate(part, limits.uploadInflatedBytes - inflatedBytes, limits)
    inflatedBytes += profile.length
  }
}

async function inflate(part: Part, leftBytes: number, limits: LimitValues): Promise<Buffer> {
  const compression = sniff(part.bytes)
  const { name } = part
  if (compression === 'lz4')
    throw new CodedError('attachment_encoding_unsupported', { name, actual: compression })
  const maxBytes = Math.min(leftBytes, limits.profileInflatedBytes)
  try {
    if (compression === 'gzip') return await inflateGzip(part.bytes, maxBytes)
    if (part.bytes.length > maxBytes) throw new TooLarge()
    return part.bytes
  } catch (error) {
    if (!(error instanceof TooLarge)) {
      const reason = error instanceof Error ? error.message : 'unreadable'
      throw new CodedError('attachment_corrupt', { name, reason })
    }
    const limit = limits.profileInflatedBytes
    if (maxBytes === limit) throw new CodedError('profile_too_large', { name, actual: limit + 1, limit })
    const total = limits.uploadInflatedBytes
    throw new CodedError('attachments_too_large', { actual: total + 1, limit: total })
  }
}
