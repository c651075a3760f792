import type { TestContext } from 'node:test'
import type { ProfileUpload } from '../../../src/intake/model'
import type { Sources } from '../../../src/intake/query/queries'
import { SourceFiles } from '../../../src/intake/query/source-files'
import { DuckDbStore } from '../../../src/intake/store/duckdb/duckdb-store'
import { FileBlobStore } from '../../../src/intake/store/file-blob-store'
import type { ColumnSpan } from '../../../src/intake/store/profile-store'
import { limitValues } from '../../../src/pprof/limits'
import { atEnd } from '../../helpers/at-end'
import { tempDir } from '../helpers'
import { columnProfiles, columnsOptions } from '../store/columns'

export interface TestSources extends Sources {
  /** Columns and blobs of these. */
  add(uploads: readonly ProfileUpload[], spans?: ColumnSpan[]): Promise<void>
}

/** A store in this process, gone after the test. */
export async function sourcesFor(
  t: TestContext,
  replaced: Parameters<typeof limitValues>[0] = {},
): Promise<TestSources> {
  const dir = tempDir(t)
  const limits = limitValues(replaced)
  const wide = { endpointsPerService: 1_000, seriesPerService: 1_000, servicesPerDay: 1_000 }
  const profiles = await DuckDbStore.open(columnsOptions(dir, wide))
  atEnd(t, () => profiles.close())
  const blobs = new FileBlobStore(dir)
  let segments = 0
  return {
    ...{ profiles, blobs, pinned: blobs, limits, sourceFiles: new SourceFiles([], limits) },
    async add(uploads, spans = []) {
      const key = `segments/${segments++}.seg`
      const contents: Uint8Array[] = []
      let offset = 0
      const columns = uploads.flatMap((upload) =>
        columnProfiles(upload).map((profile, i) => {
          const bytes = upload.profiles[i]?.bytes as Uint8Array
          const blob = { key, offset, length: bytes.length }
          offset += bytes.length
          contents.push(bytes)
          return { ...profile, blob }
        }),
      )
      await blobs.put(key, Buffer.concat(contents))
      await profiles.write({ segment: key, end: 1, sealed: true, profiles: columns, spans })
    },
  }
}

/** The start of an hour that is past. */
export const base = Date.UTC(2026, 10, 20, 8)
export const range = { q: '', fromMs: base, toMs: base + 3_600_000 }
