import type { TestContext } from 'node:test'
import { IntakeStore, type IntakeStoreOptions } from '../../../src/intake/store/intake-store'
import { limitValues } from '../../../src/pprof/limits'
import { atEnd } from '../../helpers/at-end'
import { tempDir } from '../helpers'

export interface OpenedStore {
  store: IntakeStore
  dir: string
  counts: Record<string, number>
  messages: string[]
}

/** A whole store with its process, gone after the test. */
export async function storeFor(
  t: TestContext,
  options: Partial<IntakeStoreOptions> = {},
): Promise<OpenedStore> {
  const dir = options.dir ?? tempDir(t)
  const counts: Record<string, number> = {}
  const messages: string[] = []
  const store = await IntakeStore.open({
    limits: limitValues({ diskFreeBytes: 0 }),
    count: (name, amount) => {
      counts[name] = (counts[name] ?? 0) + amount
    },
    log: (message) => messages.push(message),
    ...options,
    dir,
  })
  atEnd(t, () => store.close())
  return { store, dir, counts, messages }
}
