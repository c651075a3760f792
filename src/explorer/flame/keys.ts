import type { Picture } from './picture'
import { firstAfter } from './visible'

/** The node that an arrow key leads to; undefined where the key leads to none. */
export function nextNode(
  { tree, layout, upwards, found }: Picture,
  node: number,
  key: string,
): number | undefined {
  if (key === 'n' || key === 'p')
    return found && nextFound(found.nodes, tree.total, node, key === 'n' ? 1 : -1)
  const toRoot = upwards ? 'ArrowDown' : 'ArrowUp'
  const fromRoot = upwards ? 'ArrowUp' : 'ArrowDown'
  if (key === 'Home') return 0
  if (key === toRoot && tree.rows) return nearest((layout.level[node] as number) - 1)
  if (key === toRoot) return node === 0 ? 0 : (tree.parent[node] as number)
  const level = layout.level[node] as number
  if (key === fromRoot && tree.rows) return nearest(level + 1)
  if (key === fromRoot) return level + 1 < layout.levels ? largestChild() : node
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined
  const place = (layout.place[node] as number) + (key === 'ArrowLeft' ? -1 : 1)
  const isThere =
    place >= (layout.levelStart[level] as number) && place < (layout.levelStart[level + 1] as number)
  return isThere ? (layout.node[place] as number) : node

  /** On another row what runs at the start of this box, or next. */
  function nearest(row: number): number {
    if (row < 0 || row >= layout.levels) return node
    const start = layout.left[layout.place[node] as number] as number
    const end = layout.levelStart[row + 1] as number
    const found = firstAfter(layout.right, start, layout.levelStart[row] as number, end)
    return layout.node[Math.min(found, end - 1)] as number
  }

  function largestChild(): number {
    let found = node
    let size = -1
    for (
      let at = layout.levelStart[level + 1] as number;
      at < (layout.levelStart[level + 2] as number);
      at++
    ) {
      const child = layout.node[at] as number
      const total = tree.total[child] as number
      if (tree.parent[child] === node && total > size) [found, size] = [child, total]
    }
    return found
  }
}

/** Of what a search found the one after or before this, the heaviest first; the heaviest where this is none of them. */
function nextFound(nodes: Uint8Array, total: Float64Array, node: number, by: number): number | undefined {
  const found: number[] = []
  for (let one = 1; one < nodes.length; one++) if (nodes[one] === 1) found.push(one)
  found.sort((a, b) => (total[b] as number) - (total[a] as number) || a - b)
  const at = found.indexOf(node)
  return at < 0 ? found[0] : found[(at + by + found.length) % found.length]
}
