import type { WeightedStacks } from './weighted-stacks'

/** Sums by function: `self` where it executes, `total` where it is anywhere on the stack, with recursion counted once. By group and frame: `group * frames + frame`. */
export interface FunctionSums {
  self: Float64Array
  total: Float64Array
}

type Stacks = Pick<WeightedStacks, 'rowStack' | 'rowGroup' | 'stackStart' | 'stackFrames' | 'frames'>

/** Sums a column of values, one per row; with `groups` by group, else all of them as one. */
export function functionSums(stacks: Stacks, values: Float64Array, groups?: number): FunctionSums {
  const { rowStack, rowGroup, stackStart, stackFrames, frames } = stacks
  const width = frames.length
  const self = new Float64Array(width * (groups ?? 1))
  const total = new Float64Array(width * (groups ?? 1))
  const lastRow = new Int32Array(width).fill(-1)
  for (let row = 0; row < rowStack.length; row++) {
    const stack = rowStack[row] as number
    if (stack < 0 || (groups !== undefined && (rowGroup[row] as number) < 0)) continue
    const value = values[row] as number
    if (value === 0) continue
    const base = groups === undefined ? 0 : (rowGroup[row] as number) * width
    const from = stackStart[stack] as number
    const to = stackStart[stack + 1] as number
    for (let at = from; at < to; at++) {
      const frame = stackFrames[at] as number
      if (at === from) self[base + frame] = (self[base + frame] as number) + value
      if (lastRow[frame] === row) continue
      lastRow[frame] = row
      total[base + frame] = (total[base + frame] as number) + value
    }
  }
  return { self, total }
}
