import { join } from 'node:path'
import type { DuckDbStoreOptions } from '../../../src/intake/store/duckdb/duckdb-store'

export const dayMs = 86_400_000
export const firstMs = 1_700_000_000_000 - (1_700_000_000_000 % dayMs)

export function columnsOptions(dir: string): DuckDbStoreOptions {
  return {
    path: join(dir, 'columns.duckdb'),
    ...{ memoryBytes: 2 ** 27, threads: 1, endpointsPerService: 10, seriesPerService: 20, servicesPerDay: 4 },
  }
}
