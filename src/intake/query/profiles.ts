import { CodedError } from '../../pprof/errors'
import { kindOf } from '../store/kinds'
import type { ProfileRow } from '../store/profile-store'
import { boundedCount, checkKind, checkRange, invalid, selectionOf } from './params'
import type { Queries, Sources } from './queries'
import type { ProfileInfo } from './types'

const everMs = 8.64e15

export const services = ({ profiles, limits }: Sources, params: Parameters<Queries['services']>[0]) =>
  profiles.services(checkRange(params, limits))

export const tagKeys = ({ profiles, limits }: Sources, params: Parameters<Queries['tagKeys']>[0]) =>
  profiles.tagKeys(selectionOf(params, limits))

export function tagValues({ profiles, limits }: Sources, params: Parameters<Queries['tagValues']>[0]) {
  if (typeof params.key !== 'string' || params.key === '') invalid('key', 'is not a tag')
  const limit = boundedCount('limit', params.limit, 100, 10_000)
  return profiles.tagValues(selectionOf(params, limits), params.key, limit)
}

export async function listProfiles(
  { profiles, limits }: Sources,
  params: Parameters<Queries['profiles']>[0],
): Promise<ProfileInfo[]> {
  const limit = boundedCount('limit', params.limit, 100, 10_000)
  const { kind, offset = 0 } = params
  if (!Number.isSafeInteger(offset) || offset < 0) invalid('offset', 'is not a whole number')
  const rows = await profiles.listProfiles({
    ...selectionOf(params, limits),
    limit,
    offset,
    ...(kind !== undefined && { kind: checkKind(kind) }),
  })
  return rows.map(profileInfo)
}

export function profileInfo({ blob, totals, ...row }: ProfileRow): ProfileInfo {
  const names = kindOf(row.kind).values.map(({ name }) => name)
  return {
    ...row,
    totals: Object.fromEntries(names.map((name, i) => [name, totals[i] as number])),
    bytes: blob?.length ?? 0,
  }
}

export async function rawProfile(sources: Sources, { id }: { id: string }): Promise<Uint8Array> {
  const { blob } = await findProfile(sources, id)
  const bytes = blob && (await sources.blobs.getRange(blob.key, blob.offset, blob.length))
  if (bytes === undefined) throw new CodedError('not_found', { what: 'raw profile', id })
  return bytes
}

/** Copies the raw profile out of its segment, which will expire. */
export async function pin(sources: Sources, { id }: { id: string }): Promise<{ id: string; pinned: true }> {
  const { pinned } = await findProfile(sources, id)
  if (!pinned) {
    const bytes = await rawProfile(sources, { id })
    const key = `pinned/${id}.pprof`
    await sources.pinned.put(key, bytes)
    await sources.profiles.pin(id, { key, offset: 0, length: bytes.length })
  }
  return { id, pinned: true }
}

async function findProfile({ profiles }: Sources, id: string): Promise<ProfileRow> {
  const query = { selector: [], fromMs: 0, toMs: everMs, ids: [String(id)], limit: 1 }
  const [row] = await profiles.listProfiles(query)
  if (row === undefined) throw new CodedError('not_found', { what: 'profile', id: String(id) })
  return row
}
