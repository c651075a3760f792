import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeUpload, ticks } from '../profiles'
import { storeFor } from './stores'

const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
const params = { q: '', fromMs: startMs, toMs: startMs + 600_000 }

test('columns that are lost are made anew of the segments', async (t) => {
  const first = await storeFor(t)
  for (const n of [0, 1, 2]) {
    await first.store.profiles(
      makeUpload({ startMs: startMs + n * 60_000, wall: [ticks(['a@/app/x.js'], n + 1)] }),
    )
  }
  await first.store.settle()
  const before = await first.store.query('flameGraph', params)
  const listed = await first.store.query('profiles', params)
  await first.store.close()
  // The next start files the segment, the one after it finds it filed.
  const second = await storeFor(t, { dir: first.dir })
  await second.store.settle()
  await second.store.close()
  const columns = join(first.dir, 'columns.duckdb')
  // All that stands behind the file's headers has changed, as on a bad disk; what is told speaks of its blocks.
  const damaged = readFileSync(columns).fill(0xff, 3 * 4_096)
  for (const bytes of [damaged, 'no database']) {
    writeFileSync(columns, bytes)
    await assert.rejects(storeFor(t, { dir: first.dir }), /^Error: The columns are damaged \(.*--rebuild/)
  }
  writeFileSync(columns, damaged)
  const { store, messages } = await storeFor(t, { dir: first.dir, rebuild: true })
  await store.settle()
  assert.deepEqual(messages, ['The columns are made anew of 1 segments.'])
  assert.deepEqual(await store.query('flameGraph', params), before)
  assert.deepEqual(await store.query('profiles', params), listed)
  assert.ok((await store.queryBytes('rawProfile', { id: listed[0]?.id })).length > 0)
  assert.equal((await store.stats()).tables.profiles, listed.length)
})

test('a store that is open elsewhere is not rebuilt', async (t) => {
  const { dir } = await storeFor(t)
  await assert.rejects(storeFor(t, { dir, rebuild: true }), /Another intake uses/)
})
