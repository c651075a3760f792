import { chanceOf } from '../../pprof/chance'
import { functionSums } from './function-sums'
import { frameInfo } from './origin'
import { boundedCount, invalid } from './params'
import type { Sources } from './queries'
import { StackTable } from './stack-table'
import { buildTree, pruneTree } from './tree'
import type { CompareParams, Comparison, Measure, SideParams } from './types'
import { type WeightedStacks, weightedStacks } from './weighted-stacks'

const usualNodes = 16_384
const maxNodes = 131_072

/** Two selections side by side, by function and as one tree. */
export async function compare(sources: Sources, params: CompareParams): Promise<Comparison> {
  const limit = boundedCount('limit', params.limit, 1_000, 10_000)
  const nodes = boundedCount('maxNodes', params.maxNodes, usualNodes, maxNodes)
  const { a: aSelection, b: bSelection, ...common } = params
  if (!aSelection || !bSelection) invalid('a', 'or b is missing')
  const sides = [aSelection, bSelection].map((side) => weightedStacks(sources, sideOf(common, side)))
  const [a, b] = (await Promise.all(sides)) as [WeightedStacks, WeightedStacks]
  const both = joinStacks(a, b)
  const aOnly = both.value.map((value, row) => (row < both.firstOfB ? value * a.scale : 0))
  const bOnly = both.value.map((value, row) => (row < both.firstOfB ? 0 : value * b.scale))
  const { tree, cutNodes, frames } = pruneTree(buildTree(both, [aOnly, bOnly]), both.frames, nodes)
  const columns = (values: Float64Array[]) => values.map((column) => Array.from(column))
  const [aSelf = [], bSelf = []] = columns(tree.selves)
  const [aTotal = [], bTotal = []] = columns(tree.totals)
  return {
    ...{ a: a.measure, b: b.measure },
    ...{ aTotal: aTotal[0] ?? 0, bTotal: bTotal[0] ?? 0 },
    functions: functionChanges(a, b, both, aOnly, bOnly).slice(0, limit),
    frames: frames.map(frameInfo),
    nodes: { parent: Array.from(tree.parent), frame: Array.from(tree.frame), aSelf, aTotal, bSelf, bTotal },
    cutNodes,
  }
}

function sideOf(common: Omit<CompareParams, 'a' | 'b'>, { profileIds, ...selection }: SideParams) {
  const filter = { ...common.filter, ...(profileIds && { profileIds }) }
  return { ...common, ...selection, filter }
}

type Joined = Pick<
  WeightedStacks,
  'rowStack' | 'rowGroup' | 'stackStart' | 'stackFrames' | 'frames' | 'value'
> & {
  firstOfB: number
}

function joinStacks(a: WeightedStacks, b: WeightedStacks): Joined {
  const stacks = new StackTable()
  const rowStack = new Int32Array(a.rowStack.length + b.rowStack.length)
  let row = 0
  for (const side of [a, b]) {
    const stackIds = stacks.add(side)
    for (const stack of side.rowStack) rowStack[row++] = stack < 0 ? -1 : (stackIds[stack] as number)
  }
  const value = new Float64Array(rowStack.length)
  value.set(a.value)
  value.set(b.value, a.value.length)
  return {
    ...{ rowStack, rowGroup: new Int32Array(rowStack.length), value, firstOfB: a.rowStack.length },
    ...stacks.finish(),
  }
}

function functionChanges(
  a: WeightedStacks,
  b: WeightedStacks,
  both: Joined,
  aOnly: Float64Array,
  bOnly: Float64Array,
): Comparison['functions'] {
  const [aSums, bSums] = [functionSums(both, aOnly), functionSums(both, bOnly)]
  const samples = (side: WeightedStacks, first: number) => {
    const values = new Float64Array(both.rowStack.length)
    if (side.samples) values.set(side.samples, first)
    return functionSums(both, values).total
  }
  const [aSamples, bSamples] = [samples(a, 0), samples(b, both.firstOfB)]
  const counts = a.samples !== undefined && b.samples !== undefined
  const [aExposure, bExposure] = [exposure(a.measure), exposure(b.measure)]
  const changes = both.frames.map((frame, i) => {
    const [aCount, bCount] = [aSamples[i] as number, bSamples[i] as number]
    return {
      frame: frameInfo(frame),
      ...{ aSelf: aSums.self[i] as number, bSelf: bSums.self[i] as number },
      ...{ aTotal: aSums.total[i] as number, bTotal: bSums.total[i] as number },
      ...{ aSamples: aCount, bSamples: bCount },
      chance: counts ? chanceOf(aCount, bCount, aExposure, bExposure) : 1,
    }
  })
  const change = ({ aSelf, bSelf }: (typeof changes)[number]) => Math.abs(bSelf - aSelf)
  return changes
    .filter(({ aTotal, bTotal }) => aTotal !== 0 || bTotal !== 0)
    .sort((x, y) => change(y) - change(x) || Math.abs(y.bTotal - y.aTotal) - Math.abs(x.bTotal - x.aTotal))
}

/** What the counts of samples are in proportion to where nothing changed. */
function exposure({ per, processSeconds, requests }: Measure): number {
  if (per === 'total') return 1
  return per === 'request' ? requests : processSeconds
}
