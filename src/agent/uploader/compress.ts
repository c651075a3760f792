import * as zlib from 'node:zlib'
import type { Compression } from '../config'

type ZstdCompressSync = (bytes: Uint8Array, options?: { params?: Record<number, number> }) => Buffer

// Node >= 22.15 and >= 23.8.
const zstd = (zlib as unknown as { zstdCompressSync?: ZstdCompressSync }).zstdCompressSync
const zstdLevelParameter = 100

/** The method that `compression` means on this Node: `auto` is zstd where there is one. */
export function methodFor({ method }: Compression, hasZstd = zstd !== undefined): 'off' | 'gzip' | 'zstd' {
  if (method === 'off' || method === 'gzip') return method
  return hasZstd ? 'zstd' : 'gzip'
}

/** Compresses one attachment. Synchronous: the worker has nothing better to do, and libuv's threads belong to the application. */
export function compress(bytes: Uint8Array, compression: Compression): Uint8Array {
  const method = methodFor(compression)
  if (method === 'off') return bytes
  const level = compression.level
  if (method === 'zstd' && zstd) {
    return zstd(bytes, level === undefined ? {} : { params: { [zstdLevelParameter]: level } })
  }
  return zlib.gzipSync(bytes, level === undefined ? {} : { level: Math.min(level, 9) })
}
