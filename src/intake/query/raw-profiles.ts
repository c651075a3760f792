import { CodedError } from '../../pprof/errors'
import type { Profile } from '../../pprof/model'
import type { ProfileRow, ProfileStore, Selection } from '../store/profile-store'
import { readProfile } from '../store/read-profile'
import { invalid } from './params'
import type { Sources } from './queries'
import type { ExpandedSpans } from './span-filter'
import type { SampleFilter } from './types'

/** Of one process. */
const maxRows = 10_000

/** Longer than any profile lasts. */
export const maxProfileMs = 15 * 60_000

export interface RawProfile {
  row: ProfileRow
  profile: Profile
}

/** The rows of raw profiles that a filter can have samples in. Rejects with query_too_large. */
export async function rowsFor(
  { profiles, limits }: Sources,
  whole: Selection,
  kind: string,
  filter: SampleFilter | undefined,
  spans: ExpandedSpans | undefined,
): Promise<ProfileRow[]> {
  const limit = limits.queryProfiles
  const range = narrowed(whole, filter)
  if (range.toMs <= range.fromMs) return []
  const ids = spans ? await idsFor(profiles, range, kind, spans) : filter?.profileIds
  const query = { ...range, kind, ...(ids && { ids }), limit: limit + 1 }
  const rows = ids?.length === 0 ? [] : await profiles.listProfiles(query)
  if (rows.length > limit) {
    throw new CodedError('query_too_large', {
      actual: rows.length,
      unit: 'raw profiles or more',
      limit,
      knob: 'limits.queryProfiles',
    })
  }
  return rows.filter(({ endMs }) => endMs > (filter?.fromMs ?? 0))
}

/** Profiles that can have samples in the filter's time: one starts at most maxProfileMs before what it holds. */
function narrowed(selection: Selection, { fromMs = 0, toMs = Number.POSITIVE_INFINITY }: SampleFilter = {}) {
  if (!(fromMs >= 0) || !(toMs >= fromMs)) invalid('filter.toMs', 'is before filter.fromMs')
  return {
    ...selection,
    fromMs: Math.max(selection.fromMs, fromMs - maxProfileMs),
    toMs: Math.min(selection.toMs, toMs),
  }
}

/** Profiles with samples of the spans, or all that their processes sent about the time in which they lasted. */
async function idsFor(
  profiles: ProfileStore,
  selection: Selection,
  kind: string,
  { scope, asked, locateIds }: ExpandedSpans,
): Promise<string[]> {
  const range = { fromMs: selection.fromMs, toMs: selection.toMs }
  const located = (await profiles.locate({ ids: locateIds, ...range })).filter((row) => row.kind === kind)
  if (scope === 'subtree' || scope === 'span') return located.map(({ id }) => id)
  const ids = new Set<string>()
  for (const { service, tags, startNanos, durationNanos } of asked) {
    // A tracer need not say of which process its spans are: then it is that of the service which has samples of them.
    const own = tags['runtime-id'] || located.find((row) => row.tags.service === service)?.tags['runtime-id']
    if (own === undefined) continue
    const selector: Selection['selector'] = [{ key: 'runtime-id', pattern: own, negated: false }]
    const [startMs, endMs] = [startNanos, startNanos + durationNanos].map((nanos) => Number(nanos) / 1e6)
    const rows = await profiles.listProfiles({ ...range, selector, kind, limit: maxRows })
    for (const row of rows) {
      if (row.endMs > (startMs as number) && row.startMs < (endMs as number)) ids.add(row.id)
    }
  }
  return [...ids]
}

/** Reads and decodes raw profiles one after the other; those that are gone are left out and counted. */
export async function* readRows(
  { blobs, limits }: Sources,
  rows: readonly ProfileRow[],
  missing: () => void,
): AsyncGenerator<RawProfile> {
  for (const row of rows) {
    const bytes = row.blob && (await blobs.getRange(row.blob.key, row.blob.offset, row.blob.length))
    const profile = bytes && readable(bytes, limits)
    if (profile) yield { row, profile }
    else missing()
  }
}

function readable(bytes: Uint8Array, limits: Sources['limits']): Profile | undefined {
  try {
    return readProfile(bytes, limits)
  } catch {
    return undefined
  }
}
