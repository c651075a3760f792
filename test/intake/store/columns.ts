import { gunzipSync } from 'node:zlib'
import type { ProfileUpload } from '../../../src/intake/model'
import { columnContents } from '../../../src/intake/store/column-profile'
import type { ColumnProfile, ColumnSpan } from '../../../src/intake/store/profile-store'
import { profileId, uploadId } from '../../../src/intake/store/upload-record'
import { decodeProfile } from '../../../src/pprof/decode'

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
