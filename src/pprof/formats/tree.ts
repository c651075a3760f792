/** A call tree as answers and the page have it: columns of which node 0 is the root, and a parent's number is below its children's. */
export interface TreeColumns {
  parent: ArrayLike<number>
  /** Index of `frames`; below 0 the root and what was summed up. */
  frame: ArrayLike<number>
  self: ArrayLike<number>
  total: ArrayLike<number>
  frames: readonly { name: string; file: string; line: number }[]
}

/** What stands for the nodes that were cut below a parent. */
export const otherName = '(other)'

export function nameOf({ frame, frames }: TreeColumns, node: number): string {
  return frames[frame[node] as number]?.name ?? otherName
}

/** Nodes on the way from the root, which is left out, to a node. */
export function wayTo({ parent }: TreeColumns, node: number): number[] {
  const way: number[] = []
  for (let at = node; at > 0; at = parent[at] as number) way.push(at)
  return way.reverse()
}
