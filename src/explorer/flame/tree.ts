import type { FrameInfo as Frame, Origin } from '../../pprof/answers'

export type { Frame, Origin }

export const origins: readonly Origin[] = ['own', 'library', 'runtime', 'gc', 'native', 'idle']

/** The root stands for everything; a rest for what was cut below its parent. */
export const rootFrame = -1
export const restFrame = -2

/** A call tree as columns. Node 0 is the root, and a parent's number is below its children's. */
export interface CallTree {
  parent: Int32Array
  /** Index of `frames`, or rootFrame or restFrame. */
  frame: Int32Array
  /** What a node weighs itself, and with all below it: widths. */
  self: Float64Array
  total: Float64Array
  frames: readonly Frame[]
  /** Of a comparison, what each side measured; widths are then the larger of both, so that removed code stays visible. */
  sides?: Sides
  /** Of a picture over time. */
  rows?: Rows
}

/** Where nodes stand that are not placed by what they weigh: `total` is how wide each is, `left` where it starts, `level` its row. */
export interface Rows {
  left: Float64Array
  level: Uint32Array
  /** What a node is, as an index of `marks`. */
  mark: Uint8Array
}

/** What is drawn over time beside functions. */
export const marks = ['function', 'lane', 'span', 'failed span', 'gc', 'busy'] as const

export type Mark = (typeof marks)[number]

export const markOf = ({ rows }: CallTree, node: number): Mark => marks[rows?.mark[node] ?? 0] as Mark

export interface Sides {
  aSelf: Float64Array
  aTotal: Float64Array
  bSelf: Float64Array
  bTotal: Float64Array
}

const rest: Frame = { name: '(smaller ones)', file: '', line: 0, origin: 'idle' }
const root: Frame = { name: 'all', file: '', line: 0, origin: 'runtime' }

/** The function of a node; for the root and for a rest one that says so. */
export function frameOf({ frame, frames }: Pick<CallTree, 'frame' | 'frames'>, node: number): Frame {
  const id = frame[node] as number
  return id === rootFrame ? root : id === restFrame ? rest : (frames[id] as Frame)
}

/** Totals of all nodes from what each weighs itself. */
export function totalsOf(parent: Int32Array, self: Float64Array): Float64Array {
  const total = self.slice()
  for (let node = total.length - 1; node > 0; node--) {
    const above = parent[node] as number
    total[above] = (total[above] as number) + (total[node] as number)
  }
  return total
}

/** From a node up to the root, both included. */
export function pathOf({ parent }: Pick<CallTree, 'parent'>, node: number): number[] {
  const path = [node]
  for (let at = node; at > 0; ) {
    at = parent[at] as number
    path.push(at)
  }
  return path
}
