import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { retentionDefaults } from '../../../src/intake/store/options'
import { makeUpload, ticks } from '../profiles'
import { columnProfiles, columnsOptions } from './columns'
import { dayMs, firstMs } from './unused'

// Writes a profile a day into argv[2], from day argv[3] on, each with a function of its own, while the days before expire and what only
// they had is removed; prints each day that is written.
async function main(): Promise<void> {
  const [, , dir = '', first = ''] = process.argv
  const store = await DuckDbStore.open(columnsOptions(dir))
  for (let day = Number(first); ; day++) {
    const startMs = firstMs + day * dayMs
    const wall = Array.from({ length: 20 }, (_, i) => ticks([`f${day}@/x.js`, `g${(day + i) % 30}@/x.js`], 1))
    const profiles = columnProfiles(makeUpload({ startMs, wall, tags: { version: String(day) } }))
    await Promise.all([
      store.write({ segment: 'x', end: day + 1, sealed: false, profiles, spans: [] }),
      store.removeUnused(startMs),
      store.expire(retentionDefaults, startMs),
    ])
    console.log(String(day))
  }
}

main()
