import type { TreeColumns } from './tree'

/** What a function costs by itself and with all it calls, recursion counted once; and what it calls. */
export interface FunctionCost {
  /** Index of `frames`. */
  frame: number
  self: number
  total: number
  /** By the index of the callee. */
  calls: Map<number, number>
}

/** Sums of a tree by function, the costliest first. */
export function functionCosts({ parent, frame, self, total }: TreeColumns): FunctionCost[] {
  const costs = new Map<number, FunctionCost>()
  for (let node = 1; node < parent.length; node++) {
    const id = frame[node] as number
    if (id < 0) continue
    const cost = costs.get(id) ?? { frame: id, self: 0, total: 0, calls: new Map<number, number>() }
    costs.set(id, cost)
    cost.self += self[node] as number
    const above = parent[node] as number
    const caller = frame[above] as number
    let isAgain = false
    let isSameCall = false
    for (let at = above; at > 0; at = parent[at] as number) {
      if (frame[at] !== id) continue
      isAgain = true
      if (frame[parent[at] as number] === caller) isSameCall = true
    }
    if (!isAgain) cost.total += total[node] as number
    if (caller < 0 || isSameCall) continue
    const calls = costs.get(caller)?.calls
    calls?.set(id, (calls.get(id) ?? 0) + (total[node] as number))
  }
  return [...costs.values()].sort((a, b) => b.total - a.total || b.self - a.self)
}
