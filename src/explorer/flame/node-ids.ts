import type { CallTree } from './tree'

/**
 * A short text for every node, made of the names on its path: it finds the node again in a tree of other data. Two paths may share
 * one with a chance of 2^-52 for each pair.
 */
export function nodeIds(tree: CallTree): Float64Array {
  const ids = new Float64Array(tree.parent.length)
  const ofFrame = tree.frames.map(({ name, file }) => hash(`${name}\0${file}`))
  const other = [rootHash, hash('(smaller ones)\0')]
  for (let node = 0; node < ids.length; node++) {
    const frame = tree.frame[node] as number
    const [high, low] = (frame < 0 ? other[-1 - frame] : ofFrame[frame]) as Hash
    const above = node === 0 ? 0 : (ids[tree.parent[node] as number] as number)
    const upper = mix((above / 2 ** 26) >>> 0, high)
    ids[node] = upper * 2 ** 26 + mix((above % 2 ** 26) ^ upper, low)
  }
  return ids
}

export function formatNodeId(id: number): string {
  return id.toString(36)
}

/** The node of that id, the root where there is none. */
export function findNode(ids: Float64Array, text: string): number {
  const id = Number.parseInt(text, 36)
  return Math.max(0, ids.indexOf(id))
}

type Hash = [high: number, low: number]

/** FNV-1a twice, 26 bits each. */
function hash(text: string): Hash {
  let [high, low] = [0x811c9dc5, 0x050c5d1f]
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000193)
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
  }
  return [high & 0x3ffffff, low & 0x3ffffff]
}

const rootHash: Hash = [1, 1]

function mix(a: number, b: number): number {
  let mixed = Math.imul(a ^ (b + 0x9e3779b9 + (a << 6)), 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) & 0x3ffffff
}
