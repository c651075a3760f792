import { randomBytes } from 'node:crypto'

const pattern = /^\d{8}T\d{6}-\d{6}-[0-9a-f]{4}$/

/** A new segment's id: its names sort by age. Two processes on one day cannot make the same. */
export function newSegmentId(nowMs: number, sequence: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '')
  return `${time}-${String(sequence % 1_000_000).padStart(6, '0')}-${randomBytes(2).toString('hex')}`
}

export function segmentFile(id: string): string {
  return `${id}.seg`
}

/** The id in a file's name; undefined for a file that is none of ours. */
export function segmentOfFile(file: string): string | undefined {
  const id = file.endsWith('.seg') ? file.slice(0, -4) : ''
  return pattern.test(id) ? id : undefined
}

/** Key of a sealed segment in the BlobStore: `segments/2026/11/22/<id>.seg`. */
export function segmentKey(id: string): string {
  return `segments/${id.slice(0, 4)}/${id.slice(4, 6)}/${id.slice(6, 8)}/${segmentFile(id)}`
}
