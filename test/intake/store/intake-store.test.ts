import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'
import { columnContents } from '../../../src/intake/store/column-profile'
import { packContents } from '../../../src/intake/store/packed-contents'
import { decodeProfile } from '../../../src/pprof/decode'
import { realProfile } from '../helpers'
import { makeUpload, ticks } from '../profiles'
import { storeFor } from './stores'

const now = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
const range = { q: 'service:shop', fromMs: now - 60_000, toMs: now + 600_000 }

test('what is acknowledged can be queried, also after a restart, and is kept once', async (t) => {
  const { store, dir, counts } = await storeFor(t)
  const upload = makeUpload({
    startMs: now,
    wall: [ticks(['b@/app/x.js', 'a@/app/x.js'], 3), ticks(['a@/app/x.js'], 2)],
  })
  const first = await store.profiles(upload)
  const second = await store.profiles(upload)
  assert.deepEqual([first.repeated, second.repeated, first.id], [false, true, second.id])
  await store.settle()
  const graph = await store.query('flameGraph', range)
  assert.deepEqual(graph.frames.map(({ name, origin }) => `${name} ${origin}`).sort(), ['a own', 'b own'])
  assert.equal(graph.total, 50_000_000)
  assert.deepEqual(graph.nodes.total, [50_000_000, 50_000_000, 30_000_000])
  assert.deepEqual(graph.nodes.self, [0, 20_000_000, 30_000_000])
  assert.equal(counts['ingest.profiles'], 1)
  await store.close()

  const again = await storeFor(t, { dir })
  assert.equal((await again.store.profiles(upload)).repeated, true)
  await again.store.settle()
  const [listed] = await again.store.query('profiles', range)
  assert.equal(listed?.totals.wall, 50_000_000)
  const raw = await again.store.queryBytes('rawProfile', { id: listed?.id })
  assert.deepEqual(Buffer.from(raw), Buffer.from(upload.profiles[0]?.bytes as Uint8Array))
  assert.ok(existsSync(join(dir, 'segments')))
  assert.deepEqual(readdirSync(join(dir, 'log')), [])
})

test('a bad profile spoils only itself', async (t) => {
  const { store, dir, counts } = await storeFor(t)
  const wall = [ticks(['a@/app/x.js'], 1)]
  await store.profiles(
    makeUpload({ startMs: now, wall, files: { 'space.pprof': Buffer.from('no profile') } }),
  )
  await store.profiles(makeUpload({ startMs: now + 60_000, wall }))
  await store.settle()
  assert.equal((await store.query('flameGraph', range)).total, 20_000_000)
  assert.equal(counts['dropped.undecodable_profiles'], 1)
  assert.equal(readdirSync(join(dir, 'dead-letter')).length, 2)
})

test('a real profile sums up as pprof-format reads it', async (t) => {
  const { store } = await storeFor(t)
  const bytes = await realProfile()
  await store.profiles(makeUpload({ startMs: now, files: { 'wall.pprof': bytes } }))
  await store.settle()
  const truth = Profile.decode(gunzipSync(bytes))
  const [count, wall] = [0, 1].map((i) =>
    truth.sample.reduce((sum, { value }) => sum + Number(value[i]), 0),
  ) as [number, number]
  for (const filter of [{}, { thread: '' }]) {
    const graph = await store.query('flameGraph', { ...range, filter })
    assert.equal(graph.measure.source, 'thread' in filter ? 'blobs' : 'columns')
    // The columns count in 0.1 ms.
    assert.ok(Math.abs(graph.total - wall) <= 100_000, `${graph.total} and ${wall}`)
    assert.equal((await store.query('flameGraph', { ...range, filter, value: 'samples' })).total, count)
  }
  const exported = Profile.decode(await store.queryBytes('exportProfile', { ...range, value: 'wall' }))
  const self = exported.sample.reduce((sum, { value }) => sum + Number(value[1]), 0)
  assert.ok(Math.abs(self - wall) <= 100_000)
})

test('what was decoded when it was received is not decoded again, and says the same', async (t) => {
  const { store } = await storeFor(t)
  const upload = makeUpload({
    startMs: now,
    wall: [ticks(['b@x.js', 'a@x.js'], 3, { 'trace endpoint': 'GET /a', 'span id': 7n })],
  })
  const [wall] = upload.profiles
  const contents = packContents(columnContents(decodeProfile(gunzipSync(wall?.bytes as Uint8Array))))
  // Bytes that nothing can decode: the columns are right nevertheless.
  await store.profiles({ ...upload, profiles: [{ name: 'wall.pprof', bytes: Buffer.from('x'), contents }] })
  await store.settle()
  const graph = await store.query('flameGraph', { ...range, filter: { endpoint: 'GET /a' } })
  assert.equal(graph.total, 30_000_000)
  assert.deepEqual(graph.nodes.total, [30_000_000, 30_000_000, 30_000_000])
})
