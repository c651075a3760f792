import type { CallTree } from './tree'

/** What a search found, in the unit of the tree's values. */
export interface Found {
  /** 1 for every node that matches. */
  nodes: Uint8Array
  functions: number
  /** What ran in them, and in them and below; below itself a match counts once. */
  self: number
  total: number
}

/** Nodes whose function has the text in its name or file, in large or small letters. Undefined for the empty text. */
export function search(tree: CallTree, text: string): Found | undefined {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return undefined
  const matches = tree.frames.map(
    ({ name, file }) => name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted),
  )
  return mark(tree, (frame) => matches[frame] === true)
}

/** The same for nodes of the frames that the test holds for. */
export function mark(tree: CallTree, isWanted: (frame: number) => boolean): Found {
  const { parent, frame, self, total } = tree
  const nodes = new Uint8Array(parent.length)
  const below = new Uint8Array(parent.length)
  const functions = new Set<number>()
  const found = { nodes, functions: 0, self: 0, total: 0 }
  for (let node = 1; node < parent.length; node++) {
    const above = below[parent[node] as number] as number
    below[node] = above
    const id = frame[node] as number
    if (id < 0 || !isWanted(id)) continue
    nodes[node] = 1
    functions.add(id)
    found.self += self[node] as number
    if (above === 0) found.total += total[node] as number
    below[node] = 1
  }
  found.functions = functions.size
  return found
}
