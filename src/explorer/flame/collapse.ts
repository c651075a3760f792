import { weighSides } from './diff'
import { type CallTree, totalsOf } from './tree'

/** Instead of a group: the node is left out, and what it weighs and calls is its parent's. */
export const hiddenGroup = -3

/**
 * Nodes that stand directly below one of the same group become one with it: `groupOf` a frame gives what it is shown as. With the
 * frames themselves this is recursion made flat; with files or packages the tree merged by these.
 */
export function collapse(tree: CallTree, groupOf: (frame: number) => number, frames = tree.frames): CallTree {
  const { parent, frame, self, sides } = tree
  const into = new Int32Array(parent.length)
  const ofPair = new Map<number, number>()
  const made = { parent: [-1], frame: [frame[0] as number], self: [0], a: [0], b: [0] }
  const add = (list: number[], node: number, value = 0) => {
    list[node] = (list[node] as number) + value
  }
  for (let node = 0; node < parent.length; node++) {
    const group = (frame[node] as number) < 0 ? (frame[node] as number) : groupOf(frame[node] as number)
    into[node] = node === 0 ? 0 : place(into[parent[node] as number] as number, group)
    const at = into[node] as number
    add(made.self, at, self[node])
    add(made.a, at, sides?.aSelf[node])
    add(made.b, at, sides?.bSelf[node])
  }
  const parents = Int32Array.from(made.parent)
  const base = { parent: parents, frame: Int32Array.from(made.frame), frames }
  if (sides) return { ...base, ...weighSides(parents, Float64Array.from(made.a), Float64Array.from(made.b)) }
  const selves = Float64Array.from(made.self)
  return { ...base, self: selves, total: totalsOf(parents, selves) }

  function place(above: number, group: number): number {
    if (group === hiddenGroup) return above
    if (above > 0 && made.frame[above] === group) return above
    const key = above * 2 ** 26 + (group + 2)
    const known = ofPair.get(key)
    if (known !== undefined) return known
    for (const list of [made.self, made.a, made.b]) list.push(0)
    made.frame.push(group)
    const node = made.parent.push(above) - 1
    ofPair.set(key, node)
    return node
  }
}
