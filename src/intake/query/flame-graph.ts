import { frameInfo } from './origin'
import { boundedCount, checkGroupBy } from './params'
import type { Sources } from './queries'
import { buildTree, pruneTree } from './tree'
import type { FlameGraph, FlameGraphParams } from './types'
import { weightedStacks } from './weighted-stacks'

const usualNodes = 16_384
const maxNodes = 131_072
const maxGroups = 32

/** The aggregated flame graph of a selection. */
export async function flameGraph(sources: Sources, params: FlameGraphParams): Promise<FlameGraph> {
  const groupBy = checkGroupBy(params.groupBy)
  const limit = boundedCount('maxNodes', params.maxNodes, usualNodes, maxNodes)
  const stacks = await weightedStacks(sources, params, groupBy, maxGroups)
  const columns = [stacks.value]
  if (groupBy.length > 0) {
    stacks.groups.forEach((_, group) => {
      columns.push(stacks.value.map((value, row) => (stacks.rowGroup[row] === group ? value : 0)))
    })
  }
  const { tree, cutNodes, frames } = pruneTree(buildTree(stacks, columns), stacks.frames, limit)
  const scaled = (values: Float64Array | undefined, scale: number) =>
    Array.from(values ?? [], (value) => value * scale)
  const totals = tree.totals.map((column, i) =>
    scaled(column, i === 0 ? stacks.scale : (stacks.groups[i - 1]?.scale as number)),
  )
  return {
    measure: stacks.measure,
    frames: frames.map(frameInfo),
    nodes: {
      parent: Array.from(tree.parent),
      frame: Array.from(tree.frame),
      self: scaled(tree.selves[0], stacks.scale),
      total: totals[0] as number[],
    },
    total: totals[0]?.[0] ?? 0,
    cutNodes,
    cutGroups: groupBy.length > 0 ? stacks.cutGroups : 0,
    groups: totals.slice(1).map((column, i) => {
      return { by: stacks.groups[i]?.by as string[], total: column[0] ?? 0, totals: column }
    }),
  }
}
