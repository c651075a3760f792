import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type FileOps, realFiles } from '../../../src/intake/wal/files'
import { type Damage, SegmentReader } from '../../../src/intake/wal/reader'
import { segmentOfFile } from '../../../src/intake/wal/segment-names'
import { type SegmentProgress, Wal, type WalOptions } from '../../../src/intake/wal/wal'
import { limitValues } from '../../../src/pprof/limits'
import { atEnd } from '../../helpers/at-end'
import { fileError, watchedOps } from '../faults'
import { tempDir } from '../helpers'

interface OpenedLog {
  wal: Wal
  dir: string
  segments: SegmentProgress[]
  progress: SegmentProgress[]
}

async function openLog(t: TestContext, options: Partial<WalOptions> = {}): Promise<OpenedLog> {
  const dir = options.dir ?? tempDir(t)
  const progress: SegmentProgress[] = []
  const { wal, segments } = await Wal.open({
    limits: limitValues({ diskFreeBytes: 0 }),
    onProgress: (one) => progress.push(one),
    ...options,
    dir,
  })
  atEnd(t, () => wal.close())
  return { wal, dir, segments, progress }
}

const append = (wal: Wal, n: number, bytes = 50) => wal.append(1, { n }, [Buffer.alloc(bytes, n)])

/** Numbers of all records in a directory, in order, and what is damaged. */
async function numbersIn(dir: string): Promise<{ numbers: number[]; damage: Damage }> {
  const numbers: number[] = []
  const damage: Damage = { corruptBytes: 0, tornBytes: 0, foreign: false }
  for (const file of readdirSync(dir).sort()) {
    if (segmentOfFile(file) === undefined) continue
    const path = join(dir, file)
    const reader = new SegmentReader(realFiles, path, Buffer.alloc(700))
    for await (const { header, blobs, offset } of reader.records(0, readFileSync(path).length)) {
      const { n } = header as { n: number }
      numbers.push(n)
      for (const blob of blobs) {
        assert.ok(blob.bytes.every((byte) => byte === n % 256))
        assert.ok(blob.offset > offset)
        assert.deepEqual(
          readFileSync(path).subarray(blob.offset, blob.offset + blob.bytes.length),
          blob.bytes,
        )
      }
    }
    damage.corruptBytes += reader.damage.corruptBytes
    damage.tornBytes += reader.damage.tornBytes
    damage.foreign ||= reader.damage.foreign
  }
  return { numbers, damage }
}

const whole = { corruptBytes: 0, tornBytes: 0, foreign: false }
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

test('gives back what was appended, in order, over segments', async (t) => {
  const limits = limitValues({ diskFreeBytes: 0, walSegmentBytes: 1_000, walGroupBytes: 300 })
  const { wal, dir, progress } = await openLog(t, { limits })
  await Promise.all(upTo(40).map((n) => append(wal, n)))
  await append(wal, 40, 5_000)
  await append(wal, 41)
  await wal.close()
  assert.deepEqual(await numbersIn(dir), { numbers: upTo(42), damage: whole })
  assert.ok(readdirSync(dir).length > 4)
  const last = new Map(progress.map((one) => [one.segment, one]))
  for (const { segment, end, sealed } of last.values()) {
    assert.equal(sealed, true)
    assert.equal(readFileSync(join(dir, `${segment}.seg`)).length, end)
  }
  await assert.rejects(append(wal, 42), { code: 'store_unavailable' })
})

test('an empty blob that came from another thread spoils nothing', async (t) => {
  const { wal, dir } = await openLog(t)
  const empty = structuredClone(new Uint8Array(0))
  await wal.append(1, { n: 0 }, [Buffer.alloc(50), empty])
  await wal.append(1, { n: 1 }, [empty, Buffer.alloc(50, 1), empty])
  await wal.close()
  assert.deepEqual(await numbersIn(dir), { numbers: [0, 1], damage: whole })
})

test('records that come together share a sync', async (t) => {
  let syncs = 0
  const ops = watchedOps((operation) => {
    if (operation === 'file.datasync') syncs++
  }) as FileOps
  const { wal } = await openLog(t, { ops })
  await append(wal, 0)
  syncs = 0
  await Promise.all(upTo(100).map((n) => append(wal, n)))
  assert.ok(syncs <= 2, `${syncs} syncs`)
})

test('a failure of any operation refuses what was under way, and loses nothing acknowledged', async (t) => {
  let left = Number.POSITIVE_INFINITY
  let operations = 0
  let code = 'ENOSPC'
  const ops = watchedOps(() => {
    operations++
    if (left-- === 0) throw fileError(code)
  }) as FileOps
  const limits = limitValues({ diskFreeBytes: 0, walSegmentBytes: 250 })
  const { wal, dir } = await openLog(t, { ops, limits })
  const acknowledged: number[] = []
  let next = 0
  operations = 0
  for (; next < 6; next++) acknowledged.push(await append(wal, next).then(() => next))
  const total = operations
  assert.ok(total > 15, `${total} operations`)
  let refused = 0
  for (code of ['ENOSPC', 'EIO']) {
    for (let n = 0; n < total; n++) {
      left = n
      for (const end = next + 6; next < end; next++) {
        const failed = await append(wal, next).then(
          () => undefined,
          (error) => error.code,
        )
        if (failed === undefined) acknowledged.push(next)
        else {
          refused++
          assert.equal(failed, code === 'ENOSPC' ? 'storage_full' : 'storage_failed')
        }
      }
      left = Number.POSITIVE_INFINITY
    }
  }
  assert.ok(refused >= total, `${refused} refused`)
  await wal.close()
  const { numbers } = await numbersIn(dir)
  assert.deepEqual(
    acknowledged.filter((n) => !numbers.includes(n)),
    [],
  )
})

test('nothing more is written to a segment whose sync failed, and what was not acknowledged is cut off it', async (t) => {
  let failing = false
  const ops = watchedOps((operation) => {
    if (failing && operation === 'file.datasync') throw fileError('EIO')
  }) as FileOps
  const { wal, dir, progress } = await openLog(t, { ops })
  await append(wal, 0)
  failing = true
  await assert.rejects(append(wal, 1), { code: 'storage_failed' })
  failing = false
  await append(wal, 2)
  const [first, sealed, second] = progress
  assert.deepEqual([sealed?.segment, sealed?.end, sealed?.sealed], [first?.segment, first?.end, true])
  assert.notEqual(second?.segment, first?.segment)
  await wal.close()
  assert.deepEqual(await numbersIn(dir), { numbers: [0, 2], damage: whole })
})

test('a record is acknowledged when it would survive a loss of power', async (t) => {
  const unsynced = new Set<string>()
  const unnamed = new Set<string>()
  const ops = watchedOps((operation, path) => {
    if (operation === 'open' && path.endsWith('.seg')) unnamed.add(path)
    if (operation === 'file.writev' || operation === 'file.write') unsynced.add(path)
    if (operation === 'file.datasync') unsynced.delete(path)
    if (operation === 'file.sync') {
      for (const file of unnamed) if (dirname(file) === path) unnamed.delete(file)
    }
  }) as FileOps
  const { wal } = await openLog(t, { ops, limits: limitValues({ diskFreeBytes: 0, walSegmentBytes: 300 }) })
  for (let n = 0; n < 20; n++) {
    await append(wal, n)
    assert.deepEqual([[...unsynced], [...unnamed].map((file) => basename(file))], [[], []])
  }
})

test('a file cut anywhere gives the whole records before the cut', async (t) => {
  const { wal, dir } = await openLog(t)
  const ends: number[] = []
  for (const n of upTo(3)) {
    await append(wal, n, 3)
    ends.push(readFileSync(join(dir, readdirSync(dir)[0] as string)).length)
  }
  await wal.close()
  const file = join(dir, readdirSync(dir)[0] as string)
  const bytes = readFileSync(file)
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(file, bytes.subarray(0, length))
    const { numbers, damage } = await numbersIn(dir)
    const expected = ends.filter((end) => end <= length).length
    assert.deepEqual(numbers, upTo(expected), `cut at ${length}`)
    const good = expected === 0 ? 16 : (ends[expected - 1] as number)
    if (length >= 16) assert.equal(damage.tornBytes, length - good, `cut at ${length}`)
    else assert.equal(damage.foreign, true)
  }
})

test('a changed byte costs the record it is in', async (t) => {
  const { wal, dir } = await openLog(t)
  for (const n of upTo(4)) await append(wal, n, 3)
  await wal.close()
  const file = join(dir, readdirSync(dir)[0] as string)
  const bytes = readFileSync(file)
  for (let at = 16; at < bytes.length; at++) {
    for (const flip of [0x01, 0x80]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ flip
      writeFileSync(file, changed)
      const { numbers, damage } = await numbersIn(dir)
      assert.equal(numbers.length, 3, `byte ${at}`)
      assert.ok(damage.corruptBytes + damage.tornBytes > 0)
    }
  }
})

test('foreign and empty files are told apart, and new records go to a new segment', async (t) => {
  const dir = tempDir(t)
  const name = (n: number) => `20260101T00000${n}-000000-abcd.seg`
  writeFileSync(join(dir, name(0)), 'not ours, and long enough for a header')
  writeFileSync(join(dir, name(1)), '')
  writeFileSync(join(dir, 'notes.txt'), 'x')
  const { wal, segments } = await openLog(t, { dir })
  assert.deepEqual(
    segments.map(({ segment }) => `${segment}.seg`),
    [name(0), name(1)],
  )
  await append(wal, 0)
  await wal.close()
  const { numbers, damage } = await numbersIn(dir)
  assert.deepEqual([numbers, damage.foreign], [[0], true])
})

test('the backlog is bounded, and taken again once the columns have it', async (t) => {
  const limits = limitValues({ diskFreeBytes: 0, walBacklogBytes: 1_000 })
  const { wal, dir, progress } = await openLog(t, { limits })
  await append(wal, 0, 700)
  wal.admit()
  await append(wal, 0, 90)
  assert.throws(() => wal.admit(), {
    code: 'intake_busy',
    message: /the limit is 800 \(80 % of limits\.walBacklogBytes\)/,
  })
  await append(wal, 0, 90)
  await assert.rejects(append(wal, 1), { code: 'intake_busy', status: 429 })
  const { segment, end } = progress.at(-1) as SegmentProgress
  wal.release(segment, end, false)
  assert.equal(wal.backlogBytes, 0)
  wal.admit()
  await append(wal, 2, 500)
  assert.ok(wal.backlogBytes > 500 && wal.backlogBytes < 700)
  await wal.close()
  const again = await openLog(t, { dir, limits })
  assert.ok(again.wal.backlogBytes > 1_000)
  for (const one of again.segments) again.wal.release(one.segment, one.end, true)
  assert.equal(again.wal.backlogBytes, 0)
})

test('nothing is taken when the disk is nearly full', async (t) => {
  const { wal } = await openLog(t, { limits: limitValues({ diskFreeBytes: Number.MAX_SAFE_INTEGER }) })
  await assert.rejects(append(wal, 0), { code: 'storage_full', status: 507 })
})
