import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { atEnd } from '../../helpers/at-end'
import { tempDir } from '../helpers'
import { columnsOptions } from './columns'
import { profileStoreSuite } from './profile-store-suite'

profileStoreSuite('DuckDB', async (t) => {
  const options = columnsOptions(tempDir(t))
  let store = await DuckDbStore.open(options)
  atEnd(t, () => store.close())
  return {
    store,
    async again() {
      await store.close()
      store = await DuckDbStore.open(options)
      return store
    },
  }
})
