import type { Kind } from '../store/kinds'
import type { Selection, SeriesPoint } from '../store/profile-store'
import { needsBlobs } from './blob-totals'
import { functionSums } from './function-sums'
import { frameInfo } from './origin'
import { boundedCount, checkGroupBy, invalid, measuredValue, selectionOf } from './params'
import type { Sources } from './queries'
import type { TopFunctions, TopParams } from './types'
import { scaleOf, type WeightedStacks, weightedStacks } from './weighted-stacks'

const usualLimit = 100
const maxLimit = 10_000
const maxGroups = 100
const rollTags = new Set(['service', 'env', 'version'])
const hourMs = 3_600_000

/** Functions by what they cost, themselves and with what they call. */
export async function topFunctions(sources: Sources, params: TopParams): Promise<TopFunctions> {
  const groupBy = checkGroupBy(params.groupBy)
  const limit = boundedCount('limit', params.limit, usualLimit, maxLimit)
  const { orderBy = 'self' } = params
  if (orderBy !== 'self' && orderBy !== 'total') invalid('orderBy', 'is neither self nor total')
  const selection = selectionOf(params, sources.limits)
  const rolled =
    (params.filter === undefined || Object.keys(params.filter).length === 0) &&
    !needsBlobs(params.filter, groupBy) &&
    [...groupBy, ...selection.selector.map(({ key }) => key)].every((key) => rollTags.has(key)) &&
    (await isOfHours(sources, selection))
  if (rolled) return fromRollUps(sources, params, groupBy, limit)
  const stacks = await weightedStacks(sources, params, groupBy, maxGroups)
  return ranked(stacks, groupBy.length > 0, orderBy, limit)
}

/** Below two hours the samples of all stacks are as fast as what the roll-ups do not have yet. */
async function isOfHours({ profiles }: Sources, { fromMs, toMs }: Selection): Promise<boolean> {
  if (toMs - fromMs >= 2 * hourMs) return true
  if (toMs - fromMs < hourMs || fromMs % hourMs !== 0 || toMs % hourMs !== 0) return false
  const due = await profiles.dueHours(toMs)
  return !due.some((hour) => hour >= fromMs)
}

function ranked(
  stacks: WeightedStacks,
  grouped: boolean,
  orderBy: 'self' | 'total',
  limit: number,
): TopFunctions {
  const { frames, scale, value, groups } = stacks
  const all = functionSums(stacks, value)
  const byGroup = grouped ? functionSums(stacks, value, groups.length) : undefined
  const order = [...frames.keys()]
    .filter((frame) => all.total[frame] !== 0 || all.self[frame] !== 0)
    .sort((a, b) => {
      return (
        (all[orderBy][b] as number) - (all[orderBy][a] as number) ||
        (all.total[b] as number) - (all.total[a] as number)
      )
    })
    .slice(0, limit)
  const groupTotals = groups.map(() => 0)
  value.forEach((one, row) => {
    const group = stacks.rowGroup[row] as number
    if (group >= 0) groupTotals[group] = (groupTotals[group] as number) + one
  })
  return {
    measure: stacks.measure,
    total: value.reduce((sum, one) => sum + one, 0) * scale,
    functions: order.map((frame) => ({
      frame: frameInfo(frames[frame] as (typeof frames)[number]),
      self: (all.self[frame] as number) * scale,
      total: (all.total[frame] as number) * scale,
      groups: byGroup
        ? groups.map((group, i) => ({
            self: (byGroup.self[i * frames.length + frame] as number) * group.scale,
            total: (byGroup.total[i * frames.length + frame] as number) * group.scale,
          }))
        : [],
    })),
    groups: grouped
      ? groups.map(({ by, scale }, i) => ({ by, total: (groupTotals[i] as number) * scale }))
      : [],
  }
}

async function fromRollUps(
  sources: Sources,
  params: TopParams,
  groupBy: string[],
  limit: number,
): Promise<TopFunctions> {
  const selection = selectionOf(params, sources.limits)
  const { kind, index } = measuredValue(params)
  const { per = 'total', orderBy = 'self' } = params
  const query = { ...selection, kind: kind.name, groupBy, orderBy: index, bySelf: orderBy === 'self', limit }
  const sums = await sources.profiles.functionTotals(query)
  const points = await sources.profiles.groupTotals({ ...selection, kind: kind.name, groupBy })
  const gauge = kind.values[index]?.gauge === true
  const pointOf = (by: string[]) => points.find(({ group }) => JSON.stringify(group) === JSON.stringify(by))
  const whole = await wholeOf(sources, { ...selection, kind: kind.name }, points, gauge)
  const scale = scaleOf(whole, gauge, per)
  const scales = sums.groups.map((by) => scaleOf(pointOf(by) ?? nothing, gauge, per, 0))
  const functions = sums.frames.map((frame) => ({
    frame: frameInfo(frame),
    self: 0,
    total: 0,
    groups: groupBy.length > 0 ? sums.groups.map(() => ({ self: 0, total: 0 })) : [],
  }))
  sums.rowFrame.forEach((frame, row) => {
    const one = functions[frame] as (typeof functions)[number]
    const group = sums.rowGroup[row] as number
    const [self, total] = [sums.self[index]?.[row] as number, sums.total[index]?.[row] as number]
    one.self += self * scale
    one.total += total * scale
    if (groupBy.length > 0) {
      one.groups[group] = { self: self * (scales[group] as number), total: total * (scales[group] as number) }
    }
  })
  functions.sort((a, b) => b[orderBy] - a[orderBy] || b.total - a.total)
  const totalOf = (by: string[]) => pointOf(by)?.total[index] ?? 0
  return {
    measure: measureOf(kind, index, per, whole),
    total: points.reduce((sum, { total }) => sum + (total[index] as number), 0) * scale,
    functions,
    groups:
      groupBy.length > 0
        ? sums.groups.map((by, i) => ({ by, total: totalOf(by) * (scales[i] as number) }))
        : [],
  }
}

const nothing = { profiles: 0, processSeconds: 0, unionSeconds: 0, requests: 0 }

/** Over all groups. Time that was profiled at all does not add up over groups that ran side by side; only states need it. */
async function wholeOf(
  { profiles }: Sources,
  query: Selection & { kind: string },
  points: readonly SeriesPoint[],
  gauge: boolean,
): Promise<typeof nothing> {
  if (gauge) return (await profiles.coverage({ ...query, groupBy: [] }))[0] ?? nothing
  const whole = { ...nothing }
  for (const point of points) {
    whole.profiles += point.profiles
    whole.processSeconds += point.processSeconds
    whole.requests += point.requests
  }
  return whole
}

function measureOf(
  kind: Kind,
  index: number,
  per: TopFunctions['measure']['per'],
  covered: { profiles: number; processSeconds: number; requests: number },
): TopFunctions['measure'] {
  const { name, unit, gauge } = kind.values[index] as Kind['values'][number]
  return {
    ...{ kind: kind.name, value: name, unit, gauge, per },
    ...{ profiles: covered.profiles, processSeconds: covered.processSeconds, requests: covered.requests },
    values: kind.values.map(({ name, unit, gauge }) => ({ name, unit, gauge })),
    ...{ source: 'rollups', missingProfiles: 0 },
  }
}
