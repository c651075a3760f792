import { crc32 } from 'node:zlib'

/**
 * A segment is a file header and records, one after the other:
 *
 *     file    'ACMEPSEG' · u32 version · u32 0
 *     record  u32 mark · u32 kind · u32 header bytes · u32 all bytes after these 20 · u32 CRC-32 of the four before and all after
 *             header: JSON in UTF-8 · blobs, whose lengths the header knows
 *
 * All numbers little-endian. The mark lets a reader find the next record behind bytes that have changed.
 */
export const fileHeaderBytes = 16
export const recordHeadBytes = 20

export const recordKinds = { upload: 1, spans: 2 } as const
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds]

const version = 1
const magic = Buffer.from('ACMEPSEG')
const mark = Buffer.from([0xa7, 0x50, 0x52, 0x1e])

export function fileHeader(): Buffer {
  const header = Buffer.alloc(fileHeaderBytes)
  magic.copy(header)
  header.writeUInt32LE(version, magic.length)
  return header
}

/** False for a file that is none of ours, or of a version that this program does not know. */
export function isFileHeader(bytes: Buffer): boolean {
  return bytes.subarray(0, fileHeaderBytes).equals(fileHeader())
}

/** A record as pieces for one write. The header gets `blobs`: their lengths. */
export function encodeRecord(kind: RecordKind, header: object, blobs: readonly Uint8Array[]): Uint8Array[] {
  const json = Buffer.from(JSON.stringify({ ...header, blobs: blobs.map(({ length }) => length) }))
  const head = Buffer.alloc(recordHeadBytes)
  mark.copy(head)
  head.writeUInt32LE(kind, 4)
  head.writeUInt32LE(json.length, 8)
  head.writeUInt32LE(
    blobs.reduce((sum, { length }) => sum + length, json.length),
    12,
  )
  let crc = crc32(head.subarray(0, 16))
  for (const piece of [json, ...blobs]) {
    // Node 20 and 22 forget what came before at one that is empty and came from another thread.
    if (piece.length > 0) crc = crc32(piece, crc)
  }
  head.writeUInt32LE(crc, 16)
  return [head, json, ...blobs]
}

export interface LogRecord {
  kind: number
  header: unknown
  blobs: { bytes: Buffer; offset: number }[]
  /** Where it begins and ends in its file. */
  offset: number
  end: number
}

/** `bytes` is short of a whole record: how many of it would show more. */
export interface Short {
  needed: number
}

/** The record at `at` of `bytes`, which lies at `fileOffset` of its file; undefined where there is no whole one. */
export function decodeRecord(bytes: Buffer, at: number, fileOffset: number): LogRecord | Short | undefined {
  if (bytes.length - at < recordHeadBytes) return { needed: recordHeadBytes }
  if (bytes.compare(mark, 0, mark.length, at, at + mark.length) !== 0) return undefined
  const headerBytes = bytes.readUInt32LE(at + 8)
  const length = bytes.readUInt32LE(at + 12)
  if (headerBytes > length) return undefined
  const end = at + recordHeadBytes + length
  if (end > bytes.length) return { needed: recordHeadBytes + length }
  const body = bytes.subarray(at + recordHeadBytes, end)
  if (crc32(body, crc32(bytes.subarray(at, at + 16))) !== bytes.readUInt32LE(at + 16)) return undefined
  const header = JSON.parse(body.toString('utf8', 0, headerBytes)) as { blobs: number[] }
  let from = headerBytes
  const blobs = header.blobs.map((size) => {
    const offset = fileOffset + at + recordHeadBytes + from
    const blob = { bytes: body.subarray(from, from + size), offset }
    from += size
    return blob
  })
  return { kind: bytes.readUInt32LE(at + 4), header, blobs, offset: fileOffset + at, end: fileOffset + end }
}

/** Where the next record may begin, from `at` on; -1 if nowhere. */
export function nextMark(bytes: Buffer, at: number): number {
  return bytes.indexOf(mark, at)
}
