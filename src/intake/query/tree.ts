import { U32Column } from '../../pprof/columns'
import type { Frame } from '../store/profile-store'

/** A call tree in pre-order, the root first; siblings by the size of their first total. One self and one total per column of values. */
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
  const children = new Map<number, number>()
  const leafOfStack = new Map<number, number>()
  parent.push(0)
  frame.push(0)
  /** Children by parent and frame, in one number: exact below 2^53. */
  const span = 2 ** 26
  const child = (node: number, of: number) => {
    const key = node * span + of
    let found = children.get(key)
    if (found === undefined) {
      found = frame.length
      parent.push(node)
      frame.push(of)
      children.set(key, found)
    }
    return found
  }
  const rest = span - 1
  const nodeOfRow = rowStack.map((stack) => {
    const known = leafOfStack.get(stack)
    if (known !== undefined) return known
    let node = 0
    if (stack < 0) {
      node = child(0, rest)
    } else {
      for (let at = (stackStart[stack + 1] as number) - 1; at >= (stackStart[stack] as number); at--) {
        node = child(node, stackFrames[at] as number)
      }
    }
    leafOfStack.set(stack, node)
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
  return inPreOrder({ parent: new Int32Array(parent.finish()), frame: frames, selves, totals })
}

function inPreOrder({ parent, frame, selves, totals }: Tree): Tree {
  const order = preOrder(parent, totals[0] as Float64Array)
  const place = new Int32Array(order.length)
  order.forEach((node, at) => {
    place[node] = at
  })
  const moved = (column: Float64Array) => Float64Array.from(order, (node) => column[node] as number)
  return {
    parent: Int32Array.from(order, (node, at) => (at === 0 ? -1 : (place[parent[node] as number] as number))),
    frame: Int32Array.from(order, (node) => frame[node] as number),
    selves: selves.map(moved),
    totals: totals.map(moved),
  }
}

function preOrder(parent: Int32Array, size: Float64Array): Int32Array {
  const first = new Int32Array(parent.length).fill(-1)
  const next = new Int32Array(parent.length).fill(-1)
  // The largest child ends up last on the list, and so first off the stack.
  const bySize = Uint32Array.from(parent.keys()).sort(
    (a, b) => (size[b] as number) - (size[a] as number) || a - b,
  )
  for (const node of bySize) {
    if (node === 0) continue
    const above = parent[node] as number
    next[node] = first[above] as number
    first[above] = node
  }
  const order = new Int32Array(parent.length)
  const open = [0]
  let at = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order[at++] = node
    for (let child = first[node] as number; child >= 0; child = next[child] as number) open.push(child)
  }
  return order
}

/**
 * Keeps the largest nodes (by the sum of the sizes of their totals), all parents of a kept node among them, and sums up what is cut
 * in one rest per parent. Frames that no node has any more are left out.
 */
export function pruneTree(tree: Tree, frames: readonly Frame[], limit: number) {
  const kept = keptNodes(tree, limit)
  const parent: number[] = []
  const frame: number[] = []
  const selves: number[][] = tree.selves.map(() => [])
  const totals: number[][] = tree.totals.map(() => [])
  const place = new Int32Array(tree.frame.length).fill(-1)
  const restOf = new Map<number, number>()
  let cutNodes = 0
  const add = (node: number, above: number, asRest: boolean) => {
    parent.push(above)
    frame.push(asRest ? restFrame : (tree.frame[node] as number))
    tree.totals.forEach((column, i) => {
      totals[i]?.push(column[node] as number)
      selves[i]?.push(asRest ? (column[node] as number) : (tree.selves[i]?.[node] as number))
    })
    return frame.length - 1
  }
  const rests: { node: number; above: number }[] = []
  for (let node = 0; node < tree.frame.length; node++) {
    const above = tree.parent[node] as number
    if (kept[node]) {
      place[node] = add(node, above < 0 ? -1 : (place[above] as number), false)
      continue
    }
    cutNodes++
    if (kept[above]) rests.push({ node, above: place[above] as number })
  }
  for (const { node, above } of rests) {
    const rest = restOf.get(above)
    if (rest === undefined) {
      restOf.set(above, add(node, above, true))
      continue
    }
    tree.totals.forEach((column, i) => {
      for (const values of [totals[i], selves[i]] as number[][])
        values[rest] = (values[rest] as number) + (column[node] as number)
    })
  }
  const raw: Tree = {
    parent: Int32Array.from(parent),
    frame: Int32Array.from(frame),
    selves: selves.map((values) => Float64Array.from(values)),
    totals: totals.map((values) => Float64Array.from(values)),
  }
  const pruned =
    cutNodes === 0 ? raw : inPreOrder({ ...raw, parent: raw.parent.map((above) => Math.max(0, above)) })
  return { cutNodes, ...usedFrames(pruned, frames) }
}

function keptNodes({ parent, frame, totals }: Tree, limit: number): Uint8Array {
  if (frame.length <= limit) return new Uint8Array(frame.length).fill(1)
  const size = new Float64Array(frame.length)
  for (const column of totals)
    column.forEach((total, node) => {
      size[node] = (size[node] as number) + Math.abs(total)
    })
  const bySize = Uint32Array.from(frame.keys()).sort(
    (a, b) => (size[b] as number) - (size[a] as number) || a - b,
  )
  const kept = new Uint8Array(frame.length)
  for (const node of bySize.subarray(0, limit)) {
    // Where values are negative a parent can be smaller than its child.
    for (let at = node; at >= 0 && !kept[at]; at = parent[at] as number) kept[at] = 1
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
