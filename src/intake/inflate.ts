import * as zlib from 'node:zlib'
import { unzstd } from './unzstd'

/** What the first bytes say about how an attachment is compressed. */
export type Compression = 'gzip' | 'zstd' | 'lz4' | 'none'

export function sniff(bytes: Uint8Array): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  const magic = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  if (magic === 0x28b52ffd) return 'zstd'
  if (magic === 0x04224d18) return 'lz4'
  return 'none'
}

/** Inflating would pass `maxBytes`. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/**
 * Inflates, never to more than `maxBytes`, on the thread that calls: what is inflated here is decoded next, and a way through the
 * thread pool costs more than it saves. Throws TooLarge, or an Error whose message says what is wrong with the bytes.
 */
export function inflateGzip(bytes: Uint8Array, maxBytes: number): Buffer {
  const told = toldBytes(bytes)
  // It is as large or it is corrupt: no memory for either. More than deflate can do is no size, but bytes behind the file.
  if (told > maxBytes && told <= maxDeflateRatio * bytes.length) throw new TooLarge()
  // One piece of memory of that size needs no joining. The size is the sender's word: it is believed up to a ratio that profiles have.
  // What says it is smaller than its compressed bytes would be read in pieces that cost more than they hold.
  const chunkSize = Math.max(1_024, Math.min(Math.max(told + 1, bytes.length), maxBytes, 16 * bytes.length))
  return bounded(() => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize }))
}

/** As inflateGzip, for HTTP's deflate, which is zlib's format. */
export function inflateDeflate(bytes: Uint8Array, maxBytes: number): Buffer {
  return bounded(() => zlib.inflateSync(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize }))
}

/** As inflateGzip. A truncated frame may inflate to a part without an error. */
export function inflateZstd(bytes: Uint8Array, maxBytes: number): Buffer {
  const maxOutputLength = Math.max(1, maxBytes)
  // Node has zstd since 22.15.
  if (zlib.zstdDecompressSync === undefined)
    return bounded(() => unzstd(bytes, { maxOutputLength, maxWindowBytes: 2 ** zstdWindowLog }))
  const params = { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLog }
  return bounded(() => zlib.zstdDecompressSync(bytes, { maxOutputLength, chunkSize, params }))
}

const chunkSize = 256 * 1024

// 32 MiB of window: no profile that is accepted needs more, whatever its frame asks for.
const zstdWindowLog = 25

// Of zlib's documentation.
const maxDeflateRatio = 1_032

/** What a gzip file says of its size, at its end (RFC 1952). */
function toldBytes(bytes: Uint8Array): number {
  if (bytes.length < 4) return chunkSize
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true)
}

function bounded(inflate: () => Buffer): Buffer {
  try {
    return inflate()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge()
    throw error
  }
}
