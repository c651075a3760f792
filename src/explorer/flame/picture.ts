import { type ColourBy, nodeColours, type Palette, paletteOf } from './colours'
import { type Layout, layOut } from './layout'
import { nodeIds } from './node-ids'
import { type Found, search } from './search'
import { shown } from './text'
import { type CallTree, frameOf } from './tree'

/** A tree made ready to be drawn. */
export interface Picture {
  tree: CallTree
  layout: Layout
  palette: Palette
  colours: Uint8Array
  ids: Float64Array
  find: string
  found: Found | undefined
  /** The root at the bottom. */
  upwards: boolean
  label(node: number): string
}

export interface Looks {
  colourBy: ColourBy
  dark: boolean
  upwards: boolean
  find: string
  /** What the root is called where it is not all. */
  root?: string
}

/** Over time also what is too small says where it is. */
export const runsOf = ({ tree }: Picture) => (tree.rows ? { runPixels: 3 } : {})

/** Remembers what of a tree does not depend on its looks. */
const placed = new WeakMap<CallTree, { layout: Layout; ids: Float64Array; labels: (string | undefined)[] }>()

export function pictureOf(tree: CallTree, { colourBy, dark, upwards, find, root }: Looks): Picture {
  const known = placed.get(tree) ?? { layout: layOut(tree), ids: nodeIds(tree), labels: [] }
  placed.set(tree, known)
  const { layout, ids, labels } = known
  const label = (node: number) => {
    const id = tree.frame[node] as number
    if (node === 0 && root !== undefined) return root
    if (id < 0) return frameOf(tree, node).name
    labels[id] ??= shown(frameOf(tree, node).name)
    return labels[id]
  }
  return {
    ...{ tree, layout, ids, upwards, label, find },
    palette: paletteOf(colourBy, dark),
    colours: nodeColours(tree, colourBy),
    found: search(tree, find),
  }
}
