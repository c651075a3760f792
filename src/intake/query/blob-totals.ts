import { toNumbers } from '../../pprof/columns'
import { Interner } from '../../pprof/interner'
import type { Profile } from '../../pprof/model'
import { functionStacks } from '../store/function-stacks'
import { type Kind, recogniseKind } from '../store/kinds'
import { labelColumn, labelNames, labelText } from '../store/labels'
import type { ProfileRow, Selection, StackTotals } from '../store/profile-store'
import type { Sources } from './queries'
import { readRows, rowsFor } from './raw-profiles'
import { sampleTest } from './sample-filter'
import { expandFilter } from './span-filter'
import { StackTable } from './stack-table'
import type { SampleFilter } from './types'

/** What raw profiles say, in the shape of the columns. */
export interface BlobTotals {
  totals: StackTotals
  rows: ProfileRow[]
  missingProfiles: number
}

/** True where the columns do not have what is asked for. */
export function needsBlobs(filter: SampleFilter | undefined, groupBy: readonly string[]): boolean {
  const { thread, labels, spanIds, traceId, profileIds, fromMs, toMs } = filter ?? {}
  const asked = [thread, labels, spanIds, traceId, profileIds, fromMs, toMs].some(
    (value) => value !== undefined,
  )
  return asked || groupBy.some((key) => key === 'thread' || key.startsWith('label:'))
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
