import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ProfileUpload } from '../../../src/intake/model'
import { columnContents } from '../../../src/intake/store/column-profile'
import type { DuckDbStoreOptions } from '../../../src/intake/store/duckdb/duckdb-store'
import type { ColumnProfile, ColumnSpan } from '../../../src/intake/store/profile-store'
import { profileId, uploadId } from '../../../src/intake/store/upload-record'
import { decodeProfile } from '../../../src/pprof/decode'

/** Small bounds, so that tests reach them. */
export function columnsOptions(dir: string, changes: Partial<DuckDbStoreOptions> = {}): DuckDbStoreOptions {
  return {
    path: join(dir, 'columns.duckdb'),
    ...{ memoryBytes: 2 ** 27, threads: 1, endpointsPerService: 10, seriesPerService: 20, servicesPerDay: 4 },
    ...changes,
  }
}

/** Profiles as the columns take them, out of an upload; all blobs are said to lie in one segment. */
export function columnProfiles(upload: ProfileUpload, receivedMs = upload.endMs): ColumnProfile[] {
  const id = uploadId(upload)
  return upload.profiles.map(({ name, bytes }, i) => ({
    ...{ id: profileId(id, i), uploadId: id, name, tags: upload.tags, receivedMs },
    ...{ startMs: upload.startMs, endMs: upload.endMs },
    blob: { key: 'segments/x.seg', offset: i, length: bytes.length },
    endpointCounts: i === 0 ? upload.endpointCounts : {},
    ...columnContents(decodeProfile(gunzipSync(bytes))),
  }))
}

export function columnSpan(span: Partial<ColumnSpan> & { spanId: bigint }): ColumnSpan {
  return {
    ...{
      traceIdHigh: 0n,
      traceIdLow: 1n,
      parentId: 0n,
      service: 'shop',
      name: 'web.request',
      resource: 'GET /a',
    },
    ...{ kind: 'server', startNanos: 0n, durationNanos: 1_000_000n, error: false, attributes: [] },
    tags: new Map([
      ['service', 'shop'],
      ['runtime-id', 'r1'],
    ]),
    ...span,
  }
}
