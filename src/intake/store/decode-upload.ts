import type { LimitValues } from '../../pprof/limits'
import type { LogRecord } from '../wal/record'
import { segmentKey } from '../wal/segment-names'
import { type ColumnContents, columnContents } from './column-profile'
import type { ColumnProfile } from './profile-store'
import { readProfile } from './read-profile'
import { profileId, type UploadHeader } from './upload-record'

/** A profile that cannot be brought into the columns. */
export interface BadProfile {
  id: string
  name: string
  bytes: Uint8Array
  reason: string
}

export interface DecodedUpload {
  profiles: ColumnProfile[]
  bad: BadProfile[]
  /** Its times were so far from when it came that it is filed under that instead. */
  clockSkewed: boolean
}

const maxAgeMs = 8 * 86_400_000
const maxAheadMs = 3_600_000

/** Decodes every profile of an upload's record; a bad one spoils only itself. */
export function decodeUpload(
  record: LogRecord,
  segment: string,
  limits: LimitValues,
  takeContents: (uploadId: string) => (ColumnContents | undefined)[],
): DecodedUpload {
  const header = record.header as UploadHeader
  const times = plausibleTimes(header)
  const tags = new Map(header.tags)
  const decoded: DecodedUpload = { profiles: [], bad: [], clockSkewed: times.startMs !== header.startMs }
  const decodedBefore = takeContents(header.id)
  const counted = new Set<string>()
  for (const [index, name] of header.names.entries()) {
    const blob = record.blobs[index]
    if (blob === undefined || !isProfile(name)) continue
    const id = profileId(header.id, index)
    try {
      const contents = decodedBefore[index] ?? columnContents(readProfile(blob.bytes, limits))
      // Of several profiles of one kind in one upload, one tells the requests.
      const endpointCounts = counted.has(contents.kind) ? {} : header.endpointCounts
      counted.add(contents.kind)
      const ref = { key: segmentKey(segment), offset: blob.offset, length: blob.bytes.length }
      decoded.profiles.push({
        ...{ id, uploadId: header.id, name, tags, ...times, receivedMs: header.receivedMs, blob: ref },
        ...{ endpointCounts, ...contents },
      })
    } catch (error) {
      decoded.bad.push({
        id,
        name,
        bytes: blob.bytes,
        reason: error instanceof Error ? error.message : String(error),
      })
    }
  }
  return decoded
}

// Clients also attach what is no profile: it stays in the segment, as received.
function isProfile(name: string): boolean {
  return !/\.(json|txt|log)$/i.test(name)
}

function plausibleTimes({ startMs, endMs, receivedMs }: UploadHeader): { startMs: number; endMs: number } {
  if (startMs > receivedMs - maxAgeMs && startMs < receivedMs + maxAheadMs) return { startMs, endMs }
  const durationMs = Math.min(Math.max(0, endMs - startMs), maxAheadMs)
  return { startMs: receivedMs - durationMs, endMs: receivedMs }
}
