import { weighSides } from './diff'
import { type CallTree, restFrame, rootFrame, type Sides, totalsOf } from './tree'

/** Nodes that a turned tree may have (and a rest for each at most), and parents walked to make it: recursion of one function makes many of them. */
const maxNodes = 200_000
const maxSteps = 20_000_000

/** Turned upside down: at the root what ran, above it who called. What the bounds leave out is a rest below its parent. */
export function invert(tree: CallTree): CallTree {
  const starts: number[] = []
  for (let node = 1; node < tree.self.length; node++) if (weigh(tree, node) > 0) starts.push(node)
  return turned(tree, starts)
}

/**
 * Who calls a function, as an inverted tree with the function below its root. A stack that runs through it several times counts at
 * the outermost.
 */
export function callersOf(tree: CallTree, isFunction: (frame: number) => boolean): CallTree {
  const starts = outermost(tree, isFunction)
  return turned({ ...tree, self: tree.total, ...(tree.sides && { sides: totalsAsSelf(tree.sides) }) }, starts)
}

/** What a function calls, from all places where it runs, as one tree with the function below its root. */
export function calleesOf(tree: CallTree, isFunction: (frame: number) => boolean): CallTree {
  const made = new TreeMaker(tree)
  const children = childLists(tree)
  const queue: { node: number; members: number[] }[] = []
  const start = outermost(tree, isFunction)
  if (start.length > 0)
    queue.push({ node: made.add(0, tree.frame[start[0] as number] as number), members: start })
  for (let at = 0; at < queue.length; at++) {
    const { node, members } = queue[at] as (typeof queue)[number]
    const below: number[] = []
    for (const member of members) {
      made.weigh(node, member)
      for (let child = children.first[member] as number; child >= 0; child = children.next[child] as number)
        below.push(child)
    }
    for (const group of byFrame(tree, below, tree.total)) {
      queue.push({ node: made.add(node, group.frame), members: group.members })
    }
  }
  return made.finish()
}

function turned(tree: CallTree, starts: number[]): CallTree {
  const made = new TreeMaker(tree)
  let left = maxSteps
  const queue: { node: number; members: { cursor: number; from: number }[] }[] = []
  const split = (above: number, members: { cursor: number; from: number }[]) => {
    const groups = new Map<number, { cursor: number; from: number }[]>()
    for (const member of members) {
      if (member.cursor <= 0) {
        made.weigh(above, member.from)
        continue
      }
      const frame = tree.frame[member.cursor] as number
      const group = groups.get(frame)
      if (group) group.push(member)
      else groups.set(frame, [member])
    }
    const sum = (list: { from: number }[]) => list.reduce((all, { from }) => all + weigh(tree, from), 0)
    const sorted = [...groups].map(([frame, list]) => ({ frame, list, weight: sum(list) }))
    sorted.sort((a, b) => b.weight - a.weight)
    left -= members.length
    if (left < 0 || made.count + sorted.length > maxNodes) {
      const all = sorted.flatMap(({ list }) => list)
      if (all.length === 0) return
      const node = made.add(above, restFrame)
      for (const { from } of all) made.weigh(node, from)
      return
    }
    for (const { frame, list } of sorted) queue.push({ node: made.add(above, frame), members: list })
  }
  split(
    0,
    starts.map((from) => ({ cursor: from, from })),
  )
  for (let at = 0; at < queue.length; at++) {
    const { node, members } = queue[at] as (typeof queue)[number]
    queue[at] = undefined as never
    for (const member of members) member.cursor = tree.parent[member.cursor] as number
    split(node, members)
  }
  return made.finish()
}

/** Nodes of the function that are not below another of it. */
function outermost(tree: CallTree, isFunction: (frame: number) => boolean): number[] {
  const found: number[] = []
  const inside = new Uint8Array(tree.parent.length)
  for (let node = 1; node < inside.length; node++) {
    inside[node] = inside[tree.parent[node] as number] as number
    if (inside[node] === 0 && isFunction(tree.frame[node] as number)) {
      inside[node] = 1
      found.push(node)
    }
  }
  return found
}

function childLists({ parent }: CallTree): { first: Int32Array; next: Int32Array } {
  const first = new Int32Array(parent.length).fill(-1)
  const next = new Int32Array(parent.length).fill(-1)
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] as number
    next[node] = first[above] as number
    first[above] = node
  }
  return { first, next }
}

function byFrame(tree: CallTree, nodes: number[], weight: Float64Array) {
  const groups = new Map<number, { frame: number; members: number[]; weight: number }>()
  for (const node of nodes) {
    const frame = tree.frame[node] as number
    const group = groups.get(frame) ?? { frame, members: [], weight: 0 }
    group.members.push(node)
    group.weight += weight[node] as number
    groups.set(frame, group)
  }
  return [...groups.values()].sort((a, b) => b.weight - a.weight)
}

const weigh = (tree: CallTree, node: number) =>
  (tree.self[node] as number) +
  (tree.sides ? (tree.sides.aSelf[node] as number) + (tree.sides.bSelf[node] as number) : 0)

const totalsAsSelf = ({ aTotal, bTotal }: Sides): Sides => ({ aSelf: aTotal, bSelf: bTotal, aTotal, bTotal })

/** Collects nodes, each with what it weighs itself, parents first. */
class TreeMaker {
  readonly #tree: CallTree
  readonly #parent = [-1]
  readonly #frame = [rootFrame]
  readonly #self = [0]
  readonly #a = [0]
  readonly #b = [0]

  constructor(tree: CallTree) {
    this.#tree = tree
  }

  get count(): number {
    return this.#parent.length
  }

  add(parent: number, frame: number): number {
    this.#self.push(0)
    this.#a.push(0)
    this.#b.push(0)
    this.#frame.push(frame)
    return this.#parent.push(parent) - 1
  }

  /** Adds to a node what a node of the tree it is made of weighs itself. */
  weigh(node: number, from: number): void {
    const { self, sides } = this.#tree
    this.#self[node] = (this.#self[node] as number) + (self[from] as number)
    if (!sides) return
    this.#a[node] = (this.#a[node] as number) + (sides.aSelf[from] as number)
    this.#b[node] = (this.#b[node] as number) + (sides.bSelf[from] as number)
  }

  finish(): CallTree {
    const parent = Int32Array.from(this.#parent)
    const { frames, sides } = this.#tree
    const base = { parent, frame: Int32Array.from(this.#frame), frames }
    if (sides)
      return { ...base, ...weighSides(parent, Float64Array.from(this.#a), Float64Array.from(this.#b)) }
    const self = Float64Array.from(this.#self)
    return { ...base, self, total: totalsOf(parent, self) }
  }
}
