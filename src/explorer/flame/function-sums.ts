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
  const isRepeated = repeatedNodes(tree)
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

/** 1 where the same function runs further up too. Walks down and up the tree once: a path may be 30,000 long. */
function repeatedNodes({ parent, frame, frames }: CallTree): Uint8Array {
  const count = parent.length
  const first = new Int32Array(count).fill(-1)
  const next = new Int32Array(count).fill(-1)
  for (let node = count - 1; node > 0; node--) {
    const above = parent[node] as number
    next[node] = first[above] as number
    first[above] = node
  }
  const open = new Uint32Array(frames.length)
  const repeated = new Uint8Array(count)
  let node = count > 0 ? 0 : -1
  while (node >= 0) {
    enter(node)
    if ((first[node] as number) >= 0) {
      node = first[node] as number
      continue
    }
    while (node >= 0) {
      leave(node)
      if ((next[node] as number) >= 0) {
        node = next[node] as number
        break
      }
      node = parent[node] as number
    }
  }
  return repeated

  function enter(at: number): void {
    const id = frame[at] as number
    if (id < 0) return
    if ((open[id] as number) > 0) repeated[at] = 1
    open[id] = (open[id] as number) + 1
  }

  function leave(at: number): void {
    const id = frame[at] as number
    if (id >= 0) open[id] = (open[id] as number) - 1
  }
}
