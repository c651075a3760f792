import { join } from 'node:path'
import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { tempDir } from '../helpers'
import { profileStoreSuite } from './profile-store-suite'

profileStoreSuite('DuckDB', async (t) => {
  const options = {
    path: join(tempDir(t), 'columns.duckdb'),
    ...{ memoryBytes: 2 ** 27, threads: 1, endpointsPerService: 10, seriesPerService: 20, servicesPerDay: 4 },
  }
  let store = await DuckDbStore.open(options)
  t.after(() => store.close())
  return {
    store,
    async again() {
      await store.close()
      store = await DuckDbStore.open(options)
      return store
    },
  }
})
