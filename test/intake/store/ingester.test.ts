import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DeadLetters } from '../../../src/intake/store/dead-letters'
import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { FileBlobStore } from '../../../src/intake/store/file-blob-store'
import { Ingester } from '../../../src/intake/store/ingester'
import type { WriteBatch } from '../../../src/intake/store/profile-store'
import { uploadHeader, uploadId } from '../../../src/intake/store/upload-record'
import { type FileOps, realFiles } from '../../../src/intake/wal/files'
import { recordKinds } from '../../../src/intake/wal/record'
import { Wal } from '../../../src/intake/wal/wal'
import { CodedError } from '../../../src/pprof/errors'
import { limitValues } from '../../../src/pprof/limits'
import { atEnd } from '../../helpers/at-end'
import { fileError, watchedOps } from '../faults'
import { tempDir } from '../helpers'
import { makeUpload, ticks } from '../profiles'
import { columnsOptions } from './columns'

const startMs = Date.UTC(2026, 10, 20, 8)

/** A log of five uploads in two segments, and an ingester that is told of it. */
async function ingesterFor(
  t: TestContext,
  {
    beforeWrite = () => {},
    ops = realFiles,
    oneByOne = false,
  }: { beforeWrite?: (batch: WriteBatch) => void; ops?: FileOps; oneByOne?: boolean },
) {
  const dir = tempDir(t)
  const logDir = join(dir, 'log')
  const limits = limitValues({ diskFreeBytes: 0, walSegmentBytes: 1_500 })
  const profiles = await DuckDbStore.open(columnsOptions(dir))
  atEnd(t, () => profiles.close())
  const write = profiles.write.bind(profiles)
  profiles.write = async (batch) => {
    beforeWrite(batch)
    return write(batch)
  }
  const counts: Record<string, number> = {}
  const errors: unknown[] = []
  const released: string[] = []
  const ingester = new Ingester({
    ...{ logDir, ops, limits, profiles, blobs: new FileBlobStore(dir, ops), caution: { oneByOne, skip: [] } },
    deadLetters: new DeadLetters(ops, join(dir, 'dead-letter'), 10),
    count: (name, amount) => {
      counts[name] = (counts[name] ?? 0) + amount
    },
    onWritten: ({ segment, whole }) => whole && released.push(segment),
    onAttempt: () => {},
    takeContents: () => [],
    onError: (error) => {
      errors.push(error)
      // Not to wait for the next try.
      setImmediate(() => void ingester.idle())
    },
  })
  const { wal } = await Wal.open({
    dir: logDir,
    limits,
    onProgress: (progress) => ingester.progress(progress),
  })
  for (let n = 0; n < 5; n++) {
    const upload = makeUpload({ startMs, tags: { n: String(n) }, wall: [ticks(['a@x.js'], 1)] })
    const blobs = [...upload.profiles.map(({ bytes }) => bytes), upload.event]
    await wal.append(recordKinds.upload, uploadHeader(upload, uploadId(upload), startMs), blobs)
  }
  await wal.append(99 as 1, { n: 1 }, [])
  await wal.close()
  await ingester.idle()
  const listed = await profiles.listProfiles({ selector: [], fromMs: 0, toMs: Date.now(), limit: 100 })
  return { listed, counts, errors, released, left: readdirSync(logDir) }
}

test('a record of an unknown kind is counted, all others come through, segments move', async (t) => {
  const { listed, counts, errors, released, left } = await ingesterFor(t, {})
  assert.deepEqual([listed.length, errors, left], [5, [], []])
  assert.ok(released.length >= 2)
  assert.equal(counts['dropped.undecodable_records'], 1)
})

test('what the columns refuse is tried again, and counts once', async (t) => {
  let failures = 3
  const beforeWrite = () => {
    if (failures-- > 0) throw new CodedError('storage_full')
  }
  const { listed, counts, errors, left } = await ingesterFor(t, { beforeWrite })
  assert.deepEqual([listed.length, counts['ingest.profiles'], errors.length, left], [5, 5, 3, []])
})

test('a segment that cannot be moved is moved later, and nothing is written twice', async (t) => {
  let failures = 2
  const ops = watchedOps((operation) => {
    if (operation === 'rename' && failures-- > 0) throw fileError('EIO')
  }) as FileOps
  const { listed, counts, errors, left } = await ingesterFor(t, { ops })
  assert.deepEqual([listed.length, counts['ingest.profiles'], errors.length, left], [5, 5, 2, []])
})

test('one by one where caution asks for it', async (t) => {
  const batches: number[] = []
  const beforeWrite = ({ profiles }: WriteBatch) => batches.push(profiles.length)
  const { listed } = await ingesterFor(t, { beforeWrite, oneByOne: true })
  assert.equal(listed.length, 5)
  assert.ok(batches.every((count) => count <= 1))
})
