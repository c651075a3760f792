import { promisify } from 'node:util'
import * as zlib from 'node:zlib'

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)

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
export async function inflateGzip(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzip(bytes, { maxOutputLength: Math.max(1, maxBytes), chunkSize: 256 * 1024 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge()
    throw error
  }
}
