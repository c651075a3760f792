import { weighSides } from './diff'
import { type CallTree, type Frame, totalsOf } from './tree'

/** The tree without the stacks that run through such a function. */
export function without(tree: CallTree, isDropped: (frame: Frame) => boolean): CallTree {
  const { parent, frame, frames, self, sides } = tree
  const dropped = frames.map(isDropped)
  const into = new Int32Array(parent.length).fill(-1)
  const kept: number[] = []
  for (let node = 0; node < parent.length; node++) {
    const isGone =
      node > 0 && (into[parent[node] as number] === -1 || dropped[frame[node] as number] === true)
    if (!isGone) into[node] = kept.push(node) - 1
  }
  const parents = Int32Array.from(kept, (node) =>
    node === 0 ? -1 : (into[parent[node] as number] as number),
  )
  const column = (values: Float64Array) => Float64Array.from(kept, (node) => values[node] as number)
  const base = { parent: parents, frame: Int32Array.from(kept, (node) => frame[node] as number), frames }
  if (sides) return { ...base, ...weighSides(parents, column(sides.aSelf), column(sides.bSelf)) }
  const selves = column(self)
  return { ...base, self: selves, total: totalsOf(parents, selves) }
}
