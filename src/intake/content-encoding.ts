import { CodedError } from '../pprof/errors'
import { inflateDeflate, inflateGzip, inflateZstd, TooLarge } from './inflate'

const decoders = {
  gzip: inflateGzip,
  'x-gzip': inflateGzip,
  deflate: inflateDeflate,
  zstd: inflateZstd,
}

export type ContentEncoding = 'identity' | 'gzip' | 'x-gzip' | 'deflate' | 'zstd'

/** Reads the header. One layer only: layers multiply, and brotli inflates a few bytes to a gigabyte. */
export function contentEncoding(header = 'identity'): ContentEncoding {
  const actual = header.trim().toLowerCase()
  if (actual === 'identity' || Object.hasOwn(decoders, actual)) return actual as ContentEncoding
  throw new CodedError('content_encoding_unsupported', { actual })
}

/** Takes the encoding off. Throws CodedError upload_too_large or content_encoding_corrupt. */
export function decodeContent(encoding: ContentEncoding, body: Uint8Array, maxBytes: number): Uint8Array {
  const decode = encoding === 'identity' ? undefined : decoders[encoding]
  if (decode === undefined) return body
  try {
    return decode(body, maxBytes)
  } catch (error) {
    if (error instanceof TooLarge) {
      throw new CodedError('upload_too_large', { actual: maxBytes + 1, limit: maxBytes })
    }
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new CodedError('content_encoding_corrupt', { encoding, reason })
  }
}
