import { segmentKey } from '../wal/segment-names'
import type { BlobStore } from './blob-store'
import type { ProfileStore, Retention } from './profile-store'

/** An hour is rolled up so long after its end: what comes later makes it due again. */
const graceMs = 10 * 60_000

/** Rolls up the hours that are due, and removes what nothing refers to and what is past its retention from columns and blobs. Repeatable. */
export async function maintain(
  profiles: ProfileStore,
  blobs: BlobStore,
  retention: Retention,
  nowMs: number,
): Promise<void> {
  for (const hourMs of await profiles.dueHours(nowMs - graceMs)) {
    // What is due again after its samples have expired would lose what it has.
    if (hourMs > nowMs - retention.samplesMs) await profiles.rollUp(hourMs)
  }
  await profiles.removeUnused(nowMs)
  const { segments } = await profiles.expire(retention, nowMs)
  await blobs.delete(segments.map(segmentKey))
}

/** Removes the oldest segments until so many bytes are free again; what is pinned stays. @returns how many */
export async function makeRoom(profiles: ProfileStore, blobs: BlobStore, bytes: number): Promise<number> {
  const oldest: string[] = []
  let freed = 0
  for (const blob of await blobs.list('segments/')) {
    if (freed >= bytes) break
    oldest.push(blob.key)
    freed += blob.bytes
  }
  await profiles.forgetSegments(oldest.map((key) => key.slice(key.lastIndexOf('/') + 1, -'.seg'.length)))
  await blobs.delete(oldest)
  return oldest.length
}
