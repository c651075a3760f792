import { repeatedNodes } from './repeated'
import type { CallTree, Frame } from './tree'

/** One function over all places where it runs. */
export interface FunctionSum {
  frame: Frame
  id: number
  self: number
  /** Below itself it counts once. */
  total: number
}

/** What every function of a tree weighs, the largest self first. */
export function functionSums(tree: CallTree): FunctionSum[] {
  const { parent, frame, frames } = tree
  const self = new Float64Array(frames.length)
  const total = new Float64Array(frames.length)
  const totals = tree.total
  const isRepeated = repeatedNodes(tree, frame, frames.length)
  for (let node = 1; node < parent.length; node++) {
    const id = frame[node] as number
    if (id < 0) continue
    self[id] = (self[id] as number) + (tree.self[node] as number)
    if (isRepeated[node] === 0) total[id] = (total[id] as number) + (totals[node] as number)
  }
  return frames
    .map((one, id) => ({ frame: one, id, self: self[id] as number, total: total[id] as number }))
    .filter((sum) => sum.self !== 0 || sum.total !== 0)
    .sort((a, b) => b.self - a.self || b.total - a.total)
}
