import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listProfiles } from '../../../src/intake/query/profiles'
import type { Sources } from '../../../src/intake/query/queries'
import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import type { ColumnProfile } from '../../../src/intake/store/profile-store'
import { limitValues } from '../../../src/pprof/limits'
import { atEnd } from '../../helpers/at-end'
import { tempDir } from '../helpers'
import { makeUpload, ticks } from '../profiles'
import { columnProfiles, columnsOptions } from '../store/columns'
import { base, range } from './sources'

const count = 150_000
const batch = 2_500

test('the last page of very many profiles fits into the memory of the database as the first does', async (t) => {
  const memoryBytes = 40 * 2 ** 20
  const profiles = await DuckDbStore.open(
    columnsOptions(tempDir(t), { memoryBytes, seriesPerService: 1_000, servicesPerDay: 100 }),
  )
  atEnd(t, () => profiles.close())
  const [one] = columnProfiles(makeUpload({ startMs: base, wall: [ticks(['work@/app/x.js'], 1)] }))
  const nth = (n: number): ColumnProfile => {
    const id = n.toString(16).padStart(32, '0')
    const tags = new Map([...(one as ColumnProfile).tags, ['host', `h${n % 50}`]])
    return { ...(one as ColumnProfile), id, uploadId: id, startMs: base + n, endMs: base + n + 1_000, tags }
  }
  for (let end = batch; end <= count; end += batch) {
    const written = Array.from({ length: batch }, (_, i) => nth(end - batch + i))
    await profiles.write({ segment: 'segments/x.seg', end, sealed: false, profiles: written, spans: [] })
  }
  const sources = { profiles, limits: limitValues({}) } as unknown as Sources
  for (const offset of [0, count / 2, count - 1_000]) {
    const page = await listProfiles(sources, { ...range, limit: 1_000, offset })
    assert.deepEqual(
      page.map(({ startMs }) => startMs - base),
      Array.from({ length: 1_000 }, (_, i) => count - 1 - offset - i),
    )
  }
})
