import type { Picture } from './picture'
import { levelAt, type Scene, yOf } from './scene'

/** Whether the largest box in the middle of what is seen of `before` is in the next picture too: new data that come while somebody reads move nothing then. */
export function staysIn(before: Picture, scene: Scene, next: Picture): boolean {
  if (before.upwards !== next.upwards) return false
  // Over time a path comes again and again, and a lane has its place.
  if (before.tree.rows || next.tree.rows)
    return before.tree.rows !== undefined && next.tree.rows !== undefined
  const { node, levelStart, levels } = before.layout
  const level = Math.min(Math.max(0, levelAt(scene, scene.height / 2)), levels - 1)
  const row = node.subarray(levelStart[level], levelStart[level + 1])
  const largest = heaviestOf(row, before.tree.total)
  return largest !== undefined && next.ids.includes(before.ids[largest] as number)
}

/** The heaviest node that a search found in the part of the width that is shown; undefined where a row in sight has one, or there is none. */
export function heaviestHidden(
  { tree, layout, found }: Picture,
  scene: Scene,
  isShown: (node: number) => boolean,
): number | undefined {
  if (!found) return undefined
  const shown: number[] = []
  for (let node = 1; node < found.nodes.length; node++) {
    if (found.nodes[node] !== 1 || !isShown(node)) continue
    const y = yOf(scene, layout.level[node] as number)
    if (y >= 0 && y + scene.rowHeight <= scene.height) return undefined
    shown.push(node)
  }
  return heaviestOf(shown, tree.total)
}

function heaviestOf(nodes: ArrayLike<number>, total: ArrayLike<number>): number | undefined {
  let heaviest = nodes[0]
  for (let at = 1; at < nodes.length; at++) {
    const node = nodes[at] as number
    if ((total[node] as number) > (total[heaviest as number] as number)) heaviest = node
  }
  return heaviest
}
