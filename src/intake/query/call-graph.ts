import type { Frame } from '../store/profile-store'
import { frameInfo } from './origin'
import { boundedCount, invalid } from './params'
import type { Sources } from './queries'
import type { CallGraph, FunctionParams } from './types'
import { weightedStacks } from './weighted-stacks'

/** What called a function, and what it called. */
export async function callGraph(sources: Sources, params: FunctionParams): Promise<CallGraph> {
  checkFunction(params)
  const limit = boundedCount('limit', params.limit, 100, 10_000)
  const filter = { function: params.name, ...params.filter }
  const stacks = await weightedStacks(sources, { ...params, filter })
  const { rowStack, stackStart, stackFrames, frames, value, scale, measure } = stacks
  const isAsked = frames.map((frame) => isFunction(frame, params))
  const callers = new Map<number, number>()
  const callees = new Map<number, number>()
  let self = 0
  let total = 0
  const add = (sums: Map<number, number>, seen: Set<number>, frame: number, amount: number) => {
    if (seen.has(frame)) return
    seen.add(frame)
    sums.set(frame, (sums.get(frame) ?? 0) + amount)
  }
  rowStack.forEach((stack, row) => {
    if (stack < 0) return
    const [from, to] = [stackStart[stack] as number, stackStart[stack + 1] as number]
    const amount = (value[row] as number) * scale
    const [above, below] = [new Set<number>(), new Set<number>()]
    let found = false
    for (let at = from; at < to; at++) {
      if (!isAsked[stackFrames[at] as number]) continue
      found = true
      if (at === from) self += amount
      if (at + 1 < to) add(callers, above, stackFrames[at + 1] as number, amount)
      if (at > from) add(callees, below, stackFrames[at - 1] as number, amount)
    }
    if (found) total += amount
  })
  const ranked = (sums: Map<number, number>) =>
    [...sums]
      .sort(([, a], [, b]) => b - a)
      .slice(0, limit)
      .map(([frame, sum]) => ({ frame: frameInfo(frames[frame] as Frame), total: sum }))
  return { measure, self, total, callers: ranked(callers), callees: ranked(callees) }
}

export function isFunction({ name, file }: Frame, wanted: { name: string; file?: string }): boolean {
  return name === wanted.name && (wanted.file === undefined || wanted.file === file)
}

export function checkFunction({ name, file }: { name: string; file?: string }): void {
  if (typeof name !== 'string' || name === '') invalid('name', 'is not the name of a function')
  if (file !== undefined && typeof file !== 'string') invalid('file', 'is not a string')
}
