import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rawProfile } from '../../../src/intake/query/profiles'
import type { FileBlobStore } from '../../../src/intake/store/file-blob-store'
import { makeRoom } from '../../../src/intake/store/maintenance'
import { makeUpload, ticks } from '../profiles'
import { base, range, sourcesFor } from '../query/sources'
import { storeFor } from './stores'

const dayMs = 86_400_000
const now = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000

test('after its retention a raw profile is gone, unless it is pinned; the roll-ups answer on', async (t) => {
  const first = await storeFor(t)
  const params = { q: '', fromMs: now, toMs: now + 3_600_000 }
  for (const n of ['1', '2']) {
    await first.store.profiles(makeUpload({ startMs: now, tags: { n }, wall: [ticks(['a@/app/x.js'], 1)] }))
  }
  await first.store.settle()
  // A restart seals what is open.
  await first.store.close()
  const { store, dir } = await storeFor(t, { dir: first.dir })
  await store.settle()
  const [kept, other] = await store.query('profiles', params)
  assert.deepEqual(await store.query('pin', { id: kept?.id as string }), { id: kept?.id, pinned: true })
  await store.maintain(now + 2 * 3_600_000)
  const before = await store.query('flameGraph', params)
  assert.equal(before.total, 20_000_000)
  await store.maintain(now + 9 * dayMs)
  assert.deepEqual((await store.query('flameGraph', params)).nodes, before.nodes)
  assert.ok((await store.queryBytes('rawProfile', { id: kept?.id })).length > 0)
  await assert.rejects(store.queryBytes('rawProfile', { id: other?.id }), { code: 'not_found', status: 404 })
  const files = readdirSync(join(dir, 'segments'), { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    files.filter((file) => file.endsWith('.seg')),
    [],
  )
  assert.equal(existsSync(join(dir, 'pinned', `${kept?.id}.pprof`)), true)
  await store.maintain(now + 40 * dayMs)
  assert.deepEqual(
    (await store.query('profiles', params)).map(({ id }) => id),
    [kept?.id],
  )
})

test('when the disk fills up the oldest segments go first', async (t) => {
  const sources = await sourcesFor(t)
  for (let n = 0; n < 4; n++) {
    await sources.add([makeUpload({ startMs: base + n * 60_000, wall: [ticks(['a@x.js'], 1)] })])
  }
  const blobs = sources.pinned as FileBlobStore
  const [first, second] = await blobs.list('segments/')
  const removed = await makeRoom(sources.profiles, blobs, (first?.bytes ?? 0) + (second?.bytes ?? 0))
  assert.equal(removed, 2)
  assert.deepEqual(
    (await blobs.list('segments/')).map(({ key }) => key),
    ['segments/2.seg', 'segments/3.seg'],
  )
  const listed = await sources.profiles.listProfiles({ ...range, selector: [], limit: 10 })
  for (const [i, { id }] of listed.reverse().entries()) {
    const read = rawProfile(sources, { id })
    if (i < 2) await assert.rejects(read, { code: 'not_found' })
    else assert.ok((await read).length > 0)
  }
})
