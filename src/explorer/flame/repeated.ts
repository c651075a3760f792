import type { CallTree } from './tree'

/** 1 where the key of a node, -1 for none, comes further up too. Walks down and up the tree once: a path may be 30,000 long. */
export function repeatedNodes(
  { parent }: Pick<CallTree, 'parent'>,
  keys: Int32Array,
  keyCount: number,
): Uint8Array {
  const count = parent.length
  const first = new Int32Array(count).fill(-1)
  const next = new Int32Array(count).fill(-1)
  for (let node = count - 1; node > 0; node--) {
    const above = parent[node] as number
    next[node] = first[above] as number
    first[above] = node
  }
  const open = new Uint32Array(keyCount)
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
    const key = keys[at] as number
    if (key < 0) return
    if ((open[key] as number) > 0) repeated[at] = 1
    open[key] = (open[key] as number) + 1
  }

  function leave(at: number): void {
    const key = keys[at] as number
    if (key >= 0) open[key] = (open[key] as number) - 1
  }
}
