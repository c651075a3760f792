import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const inflate = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate)
// Node has zstd since 22.15.
const unzstd = zlib.zstdDecompress && promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)

/** False where the runtime cannot read zstd. */
export const readsZstd = unzstd !== undefined

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
 * Inflates on the thread pool, never to more than `maxBytes`. Throws TooLarge, or an Error whose message says what is wrong with
 * the bytes.
 */
export function inflateGzip(bytes: Uint8Array, maxBytes: number): Promise<Buffer> {
  return bounded(gunzip(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize }))
}

/** As inflateGzip, for HTTP's deflate, which is zlib's format. */
export function inflateDeflate(bytes: Uint8Array, maxBytes: number): Promise<Buffer> {
  return bounded(inflate(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize }))
}

/** As inflateGzip; only where `readsZstd`. A truncated frame may inflate to a part without an error. */
export function inflateZstd(bytes: Uint8Array, maxBytes: number): Promise<Buffer> {
  const params = { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLog }
  return bounded(unzstd(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize, params }))
}

const chunkSize = 256 * 1024

// 32 MiB of window: no profile that is accepted needs more, whatever its frame asks for.
const zstdWindowLog = 25

async function bounded(inflating: Promise<Buffer>): Promise<Buffer> {
  try {
    return await inflating
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge()
    throw error
  }
}
