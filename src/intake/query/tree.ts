import { U32Column } from '../../pprof/columns'
import type { Frame } from '../store/profile-store'
import { ChildTable } from './child-table'
import { nthSmallest } from './nth-smallest'

/** A call tree, parents before their children. One self and one total per column of values. */
export interface Tree {
  parent: Int32Array
  /** Index of a frame; -1 is the root, -2 what was cut below its parent. */
  frame: Int32Array
  selves: Float64Array[]
  totals: Float64Array[]
}

export const rootFrame = -1
export const restFrame = -2

interface Stacks {
  rowStack: Int32Array
  stackStart: Uint32Array
  stackFrames: Uint32Array
}

/** Builds the tree of all rows; each column has one value per row. Without recursion: stacks are as deep as strangers make them. */
export function buildTree(
  { rowStack, stackStart, stackFrames }: Stacks,
  columns: readonly Float64Array[],
): Tree {
  const parent = new U32Column(1_024)
  const frame = new U32Column(1_024)
  const children = new ChildTable()
  // 0 is none: the root is no stack's leaf, but of one without frames, which is then found again.
  const leafOfStack = new Int32Array(stackStart.length)
  parent.push(0)
  frame.push(0)
  const child = (node: number, of: number) => {
    const next = frame.length
    const found = children.childOf(node, of, next)
    if (found === next) {
      parent.push(node)
      frame.push(of)
    }
    return found
  }
  const rest = 2 ** 31 - 1
  const nodeOfRow = rowStack.map((stack) => {
    if (stack < 0) return child(0, rest)
    let node = leafOfStack[stack] as number
    if (node > 0) return node
    for (let at = (stackStart[stack + 1] as number) - 1; at >= (stackStart[stack] as number); at--) {
      node = child(node, stackFrames[at] as number)
    }
    leafOfStack[stack] = node
    return node
  })
  const count = frame.length
  const selves = columns.map((column) => {
    const self = new Float64Array(count)
    nodeOfRow.forEach((node, row) => {
      self[node] = (self[node] as number) + (column[row] as number)
    })
    return self
  })
  // A child's number is above its parent's.
  const totals = selves.map((self) => {
    const total = self.slice()
    for (let node = count - 1; node > 0; node--) {
      const above = parent.data[node] as number
      total[above] = (total[above] as number) + (total[node] as number)
    }
    return total
  })
  const frames = new Int32Array(count)
  for (let node = 0; node < count; node++)
    frames[node] = frame.data[node] === rest ? restFrame : (frame.data[node] as number)
  frames[0] = rootFrame
  return { parent: new Int32Array(parent.finish()), frame: frames, selves, totals }
}

/** The root first, then each node before its siblings, these by the size of their first total. */
function inPreOrder({ parent, frame, selves, totals }: Tree): Tree {
  const order = preOrder(parent, totals[0] as Float64Array)
  const place = new Int32Array(order.length)
  order.forEach((node, at) => {
    place[node] = at
  })
  const moved = <T extends Int32Array | Float64Array>(column: T): T => {
    const made = column.slice() as T
    for (let at = 0; at < order.length; at++) made[at] = column[order[at] as number] as number
    return made
  }
  const parents = moved(parent).map((above) => place[above] as number)
  parents[0] = -1
  return { parent: parents, frame: moved(frame), selves: selves.map(moved), totals: totals.map(moved) }
}

function preOrder(parent: Int32Array, size: Float64Array): Int32Array {
  const count = parent.length
  // Children of one parent stand together, the smallest first: the largest is then first off the stack.
  const end = new Uint32Array(count + 1)
  for (let node = 1; node < count; node++)
    end[parent[node] as number] = (end[parent[node] as number] as number) + 1
  for (let node = 1; node <= count; node++) end[node] = (end[node] as number) + (end[node - 1] as number)
  const start = end.slice()
  const children = new Uint32Array(Math.max(0, count - 1))
  for (let node = 1; node < count; node++) {
    const at = (start[parent[node] as number] as number) - 1
    start[parent[node] as number] = at
    children[at] = node
  }
  const bySize = (a: number, b: number) => (size[a] as number) - (size[b] as number) || b - a
  const order = new Int32Array(count)
  const open = [0]
  let at = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order[at++] = node
    const [from, to] = [start[node] as number, end[node] as number]
    if (to - from > 1) children.subarray(from, to).sort(bySize)
    for (let child = from; child < to; child++) open.push(children[child] as number)
  }
  return order
}

/**
 * Keeps the largest nodes (by the sum of the sizes of their totals), all parents of a kept node among them, and sums up what is cut
 * in one rest per parent; in pre-order. Frames that no node has any more are left out.
 */
export function pruneTree(tree: Tree, frames: readonly Frame[], limit: number) {
  const kept = keptNodes(tree, limit)
  const count = tree.frame.length
  // Where a node goes to: kept ones first, then rests, each under its parent; -1 is below a rest.
  const place = new Int32Array(count).fill(-1)
  let made = 0
  for (let node = 0; node < count; node++) if (kept[node]) place[node] = made++
  const keptCount = made
  const restBelow = new Int32Array(keptCount)
  for (let node = 0; node < count; node++) {
    const above = tree.parent[node] as number
    if (kept[node] || !kept[above]) continue
    const at = place[above] as number
    if (restBelow[at] === 0) restBelow[at] = made++
    place[node] = restBelow[at] as number
  }
  const parent = new Int32Array(made)
  const frame = new Int32Array(made).fill(restFrame)
  for (let node = 0; node < count; node++) {
    const at = place[node] as number
    if (at >= 0) parent[at] = place[tree.parent[node] as number] as number
    if (at >= 0 && at < keptCount) frame[at] = tree.frame[node] as number
  }
  const moved = (column: Float64Array, rests: Float64Array) => {
    const out = new Float64Array(made)
    for (let node = 0; node < count; node++) {
      const at = place[node] as number
      if (at >= 0) out[at] = (out[at] as number) + ((at < keptCount ? column : rests)[node] as number)
    }
    return out
  }
  const pruned: Tree = {
    parent,
    frame,
    selves: tree.selves.map((self, i) => moved(self, tree.totals[i] as Float64Array)),
    totals: tree.totals.map((total) => moved(total, total)),
  }
  return { cutNodes: count - keptCount, ...usedFrames(inPreOrder(pruned), frames) }
}

function keptNodes({ parent, frame, totals }: Tree, limit: number): Uint8Array {
  if (frame.length <= limit) return new Uint8Array(frame.length).fill(1)
  const size = new Float64Array(frame.length)
  for (const total of totals)
    for (let node = 0; node < size.length; node++)
      size[node] = (size[node] as number) + Math.abs(total[node] as number)
  const least = nthSmallest(size.slice(), size.length - limit)
  const kept = new Uint8Array(frame.length)
  let left = limit
  for (const isLarger of [true, false]) {
    for (let node = 0; node < frame.length && left > 0; node++) {
      const one = size[node] as number
      if (isLarger ? one <= least : one !== least) continue
      left--
      // Where values are negative a parent can be smaller than its child.
      for (let at = node; at >= 0 && !kept[at]; at = parent[at] as number) kept[at] = 1
    }
  }
  return kept
}

function usedFrames(tree: Tree, frames: readonly Frame[]) {
  const used: Frame[] = []
  const place = new Map<number, number>()
  const frame = tree.frame.map((id) => {
    if (id < 0) return id
    const known = place.get(id) ?? used.push(frames[id] as Frame) - 1
    place.set(id, known)
    return known
  })
  return { tree: { ...tree, frame }, frames: used }
}
