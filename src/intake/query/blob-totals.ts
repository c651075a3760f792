import { toNumbers } from '../../pprof/columns'
import { CodedError } from '../../pprof/errors'
import { Interner } from '../../pprof/interner'
import type { Profile } from '../../pprof/model'
import { functionStacks } from '../store/function-stacks'
import { type Kind, recogniseKind } from '../store/kinds'
import { labelColumn, labelNames, labelText } from '../store/labels'
import type { ProfileRow, ProfileStore, Selection, StackTotals } from '../store/profile-store'
import { readProfile } from '../store/read-profile'
import { invalid } from './params'
import type { Sources } from './queries'
import { sampleTest } from './sample-filter'
import { type ExpandedSpans, expandFilter } from './span-filter'
import { StackTable } from './stack-table'
import type { SampleFilter } from './types'

/** Of one process. */
const maxRows = 10_000

/** What raw profiles say, in the shape of the columns. */
export interface BlobTotals {
  totals: StackTotals
  rows: ProfileRow[]
  missingProfiles: number
}

export interface RawProfile {
  row: ProfileRow
  profile: Profile
}

/** Longer than any profile lasts. */
export const maxProfileMs = 15 * 60_000

/** True where the columns do not have what is asked for. */
export function needsBlobs(filter: SampleFilter | undefined, groupBy: readonly string[]): boolean {
  const { thread, labels, spanIds, traceId, profileIds, fromMs, toMs } = filter ?? {}
  const asked = [thread, labels, spanIds, traceId, profileIds, fromMs, toMs].some(
    (value) => value !== undefined,
  )
  return asked || groupBy.some((key) => key === 'thread' || key.startsWith('label:'))
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

/** Sums of raw profiles by group and stack, of the samples that the filter takes. */
export async function blobTotals(
  sources: Sources,
  selection: Selection,
  kind: Kind,
  filter: SampleFilter,
  groupBy: readonly string[],
): Promise<BlobTotals> {
  const spans = await expandFilter(sources, filter, selection)
  const rows = await rowsFor(sources, selection, kind.name, filter, spans)
  const sums = new TotalsBuilder(kind)
  let missingProfiles = 0
  for await (const { row, profile } of readRows(sources, rows, () => missingProfiles++)) {
    const takes = sampleTest(profile, filter, spans)
    const group = groupTest(profile, row, groupBy)
    sums.add(profile, row, takes, group)
  }
  return { totals: sums.finish(), rows, missingProfiles }
}

/** The group of each sample. */
function groupTest(
  profile: Profile,
  row: ProfileRow,
  groupBy: readonly string[],
): (sample: number) => string[] {
  const parts = groupBy.map((key): ((sample: number) => string) => {
    const names = labelsOfKey(key)
    if (names === undefined) return () => row.tags[key] ?? ''
    const labels = labelColumn(profile, names)
    return (sample) => {
      const label = labels[sample] as number
      return label < 0 ? '' : labelText(profile, label)
    }
  })
  return (sample) => parts.map((part) => part(sample))
}

function labelsOfKey(key: string): readonly string[] | undefined {
  if (key === 'endpoint') return labelNames.endpoint
  if (key === 'thread') return labelNames.thread
  return key.startsWith('label:') ? [key.slice('label:'.length)] : undefined
}

class TotalsBuilder {
  readonly #groups: string[][] = []
  readonly #groupIds = new Map<string, number>()
  readonly #stacks = new StackTable()
  readonly #rows = new Interner()
  readonly #values: number[][]

  constructor(private readonly kind: Kind) {
    this.#values = kind.values.map(() => [])
  }

  add(
    profile: Profile,
    row: ProfileRow,
    takes: (sample: number) => boolean,
    group: (sample: number) => string[],
  ): void {
    const own = functionStacks(profile)
    const stackIds = this.#stacks.add(own)
    const { columns } = recogniseKind(profile.sampleTypes)
    const width = profile.sampleTypes.length
    const columnValues = columns.map(
      (column) => column >= 0 && toNumbers(profile.samples.values, column, width),
    )
    const seconds = Math.max(1, (row.endMs - row.startMs) / 1_000)
    for (let sample = 0; sample < profile.samples.count; sample++) {
      if (!takes(sample)) continue
      const at = this.#rows.intern([
        this.#groupId(group(sample)),
        stackIds[own.ofSample[sample] as number] as number,
      ])
      this.kind.values.forEach(({ name, gauge }, i) => {
        const from = columnValues[i]
        const value = from ? (from[sample] as number) : name === 'samples' ? 1 : 0
        const sums = this.#values[i] as number[]
        sums[at] = (sums[at] ?? 0) + (gauge ? value * seconds : value)
      })
    }
  }

  finish(): StackTotals {
    const rowGroup = new Uint32Array(this.#rows.count)
    const rowStack = new Int32Array(this.#rows.count)
    for (let row = 0; row < this.#rows.count; row++) {
      const [group = 0, stack = 0] = this.#rows.row(row)
      rowGroup[row] = group
      rowStack[row] = stack
    }
    return {
      groups: this.#groups,
      rowGroup,
      rowStack,
      values: this.#values.map((sums) => Float64Array.from(sums)),
      ...this.#stacks.finish(),
    }
  }

  #groupId(by: string[]): number {
    const key = JSON.stringify(by)
    let id = this.#groupIds.get(key)
    if (id === undefined) {
      id = this.#groups.push(by) - 1
      this.#groupIds.set(key, id)
    }
    return id
  }
}
