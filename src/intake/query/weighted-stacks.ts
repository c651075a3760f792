import { CodedError } from '../../pprof/errors'
import { type Kind, valueIndex } from '../store/kinds'
import type { Coverage, Frame, ProfileRow, Selection, StackTotals } from '../store/profile-store'
import { blobTotals, needsBlobs } from './blob-totals'
import { measuredValue, selectionOf } from './params'
import type { Sources } from './queries'
import { rowCoverage } from './row-coverage'
import type { AggregateParams, Measure } from './types'

/** What every aggregate is made of: one value per group and stack, as measured. `scale` turns a value into the measure asked for. */
export interface WeightedStacks {
  measure: Measure
  kind: Kind
  /** The largest; `cutGroups` more are only in the whole. */
  groups: { by: string[]; scale: number }[]
  cutGroups: number
  scale: number
  /** -1 is a group beyond the limit: it counts in the whole only. */
  rowGroup: Int32Array
  /** -1 is all stacks that are too small to be told apart. */
  rowStack: Int32Array
  value: Float64Array
  /** All values of the kind, and what each has to be multiplied with. */
  columns: Float64Array[]
  scales: number[]
  /** How many samples stand behind each value; undefined for kinds that do not count them. */
  samples: Float64Array | undefined
  stackStart: Uint32Array
  stackFrames: Uint32Array
  frames: Frame[]
}

const maxStacks = 50_000

/** Reads what an aggregate asks for from the columns, or from raw profiles where these do not have it. */
export async function weightedStacks(
  sources: Sources,
  params: AggregateParams,
  groupBy: readonly string[] = [],
  maxGroups = 1,
): Promise<WeightedStacks> {
  const selection = selectionOf(params, sources.limits)
  const { kind, index } = measuredValue(params)
  const filter = params.filter ?? {}
  const fromBlobs = needsBlobs(filter, groupBy)
  const { totals, missingProfiles, rows } = fromBlobs
    ? await blobTotals(sources, selection, kind, filter, groupBy)
    : {
        totals: await fromColumns(sources, selection, kind, index, params, groupBy),
        ...{ missingProfiles: 0, rows: [] },
      }
  // Of raw profiles the filter has tested it.
  const kept = fromBlobs || filter.function === undefined ? totals : withFunction(totals, filter.function)
  const groups = largestGroups(kept, index, maxGroups)
  const scales = await readScales(sources, selection, kind, index, params, groupBy, groups.list, rows)
  return {
    measure: {
      kind: kind.name,
      value: kind.values[index]?.name as string,
      unit: kind.values[index]?.unit as string,
      gauge: kind.values[index]?.gauge === true,
      per: params.per ?? 'total',
      profiles: scales.whole.profiles,
      processSeconds: scales.whole.processSeconds,
      requests: scales.whole.requests,
      values: kind.values.map(({ name, unit, gauge }) => ({ name, unit, gauge })),
      source: fromBlobs ? 'blobs' : 'columns',
      missingProfiles,
    },
    kind,
    columns: kept.values,
    scales: kind.values.map(({ gauge }) =>
      scaleOf(scales.whole, gauge, gauge ? 'total' : (params.per ?? 'total')),
    ),
    groups: groups.list.map((by, i) => ({ by, scale: scales.groups[i] as number })),
    cutGroups: kept.groups.length - groups.list.length,
    scale: scales.scale,
    rowGroup: groups.rowGroup,
    rowStack: kept.rowStack,
    value: kept.values[index] as Float64Array,
    samples: effectiveSamples(kind, kept, index),
    stackStart: kept.stackStart,
    stackFrames: kept.stackFrames,
    frames: kept.frames,
  }
}

function fromColumns(
  { profiles }: Sources,
  selection: Selection,
  kind: Kind,
  orderBy: number,
  { filter }: AggregateParams,
  groupBy: readonly string[],
): Promise<StackTotals> {
  const endpoint = filter?.endpoint
  const query = { ...selection, kind: kind.name, groupBy, limit: maxStacks, orderBy }
  return profiles.stackTotals({ ...query, ...(endpoint !== undefined && { endpoint }) })
}

/** Only stacks with a function of that name. */
function withFunction(totals: StackTotals, name: string): StackTotals {
  const wanted = new Set<number>()
  totals.frames.forEach((frame, i) => {
    if (frame.name === name) wanted.add(i)
  })
  const has = (stack: number) => {
    if (stack < 0) return false
    return totals.stackFrames
      .subarray(totals.stackStart[stack], totals.stackStart[stack + 1])
      .some((frame) => wanted.has(frame))
  }
  const rows = [...totals.rowStack.keys()].filter((row) => has(totals.rowStack[row] as number))
  return {
    ...totals,
    rowGroup: Uint32Array.from(rows, (row) => totals.rowGroup[row] as number),
    rowStack: Int32Array.from(rows, (row) => totals.rowStack[row] as number),
    values: totals.values.map((column) => Float64Array.from(rows, (row) => column[row] as number)),
  }
}

function largestGroups({ groups, rowGroup, values }: StackTotals, index: number, max: number) {
  const sums = groups.map(() => 0)
  const value = values[index] as Float64Array
  rowGroup.forEach((group, row) => {
    sums[group] = (sums[group] as number) + Math.abs(value[row] as number)
  })
  const order = [...groups.keys()].sort((a, b) => (sums[b] as number) - (sums[a] as number)).slice(0, max)
  const place = new Map(order.map((group, i) => [group, i]))
  return {
    list: order.map((group) => groups[group] as string[]),
    rowGroup: Int32Array.from(rowGroup, (group) => place.get(group) ?? -1),
  }
}

/** Samples behind a value. Of CPU: its time in the mean distance of wall-clock samples, since idle samples carry none of it. */
function effectiveSamples(kind: Kind, totals: StackTotals, index: number): Float64Array | undefined {
  const samples = totals.values[valueIndex(kind, 'samples')]
  if (samples === undefined) return undefined
  if (kind.values[index]?.name !== 'cpu') return samples
  const wall = sum(totals.values[valueIndex(kind, 'wall')] as Float64Array)
  const cpu = totals.values[index] as Float64Array
  const perSample = (wall > 0 ? wall : sum(cpu)) / Math.max(1, sum(samples))
  return perSample > 0 ? cpu.map((value) => value / perSample) : samples
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

async function readScales(
  sources: Sources,
  selection: Selection,
  kind: Kind,
  index: number,
  { per = 'total', filter }: AggregateParams,
  groupBy: readonly string[],
  groups: readonly string[][],
  rows: readonly ProfileRow[],
) {
  const gauge = kind.values[index]?.gauge === true
  const endpoint = filter?.endpoint
  const tags = groupBy.filter((key) => !['endpoint', 'thread'].includes(key) && !key.startsWith('label:'))
  const query = (by: readonly string[], of = endpoint) => ({
    ...{ ...selection, kind: kind.name, groupBy: by },
    ...(of !== undefined && { endpoint: of }),
  })
  const isOfRows = filter?.profileIds !== undefined
  const [whole = nothing] = isOfRows
    ? [await rowCoverage(sources, query([]), rows)]
    : await sources.profiles.coverage(query([]))
  const scale = scaleOf(whole, gauge, per)
  if (groupBy.length === 0 || isOfRows) return { whole, scale, groups: groups.map(() => scale) }
  const place = groupBy.indexOf('endpoint')
  const byEndpoint = new Map<string, Coverage[]>()
  const coverageOf = async (name: string | undefined) => {
    const known = byEndpoint.get(name ?? '')
    if (known) return known
    const found = await sources.profiles.coverage(query(tags, name))
    byEndpoint.set(name ?? '', found)
    return found
  }
  const scales: number[] = []
  for (const group of groups) {
    const own = JSON.stringify(group.filter((_, i) => tags.includes(groupBy[i] as string)))
    const covered = await coverageOf(per === 'request' && place >= 0 ? (group[place] as string) : endpoint)
    scales.push(
      scaleOf(covered.find(({ group: of }) => JSON.stringify(of) === own) ?? nothing, gauge, per, 0),
    )
  }
  return { whole, scale, groups: scales }
}

const nothing: Coverage = { group: [], profiles: 0, processSeconds: 0, unionSeconds: 0, requests: 0 }

/** What a sum has to be multiplied with. Gauges come as value times seconds. `unknown` is the answer where nothing is known to divide by. */
export function scaleOf(
  { processSeconds, unionSeconds, requests, profiles }: Omit<Coverage, 'group'>,
  gauge: boolean,
  per: Measure['per'],
  unknown?: number,
): number {
  if (gauge && per === 'request')
    throw new CodedError('query_invalid', { field: 'per', reason: 'is request; the value is a state' })
  if (!gauge && per === 'total') return 1
  const divisor = per === 'request' ? requests : per === 'second' ? processSeconds : unionSeconds
  if (divisor > 0) return 1 / divisor
  if (per === 'request' && profiles > 0 && unknown === undefined) {
    throw new CodedError('query_invalid', {
      field: 'per',
      reason: 'is request; the selection counts no requests',
    })
  }
  return unknown ?? 0
}
