import { type OpenedFile, TreeMaker } from './tree-maker'

type Json = Readonly<Record<string, unknown>>

/** Reads V8's `.cpuprofile` and `.heapprofile`, as Chrome's protocol has them (Profiler.Profile, HeapProfiler.SamplingHeapProfile). */
export function readV8(text: string): OpenedFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`it is no whole JSON (${error instanceof Error ? error.message : error})`)
  }
  if (isObject(json) && Array.isArray(json.nodes)) return readCpu(json, json.nodes)
  if (isObject(json) && isObject(json.head)) return readHeap(json.head)
  throw new Error('it is JSON, but neither a .cpuprofile (nodes) nor a .heapprofile (head)')
}

function readCpu(profile: Json, nodes: readonly unknown[]): OpenedFile {
  const byId = new Map<number, Json>()
  for (const node of nodes) {
    if (!isObject(node) || !isNumber(node.id)) throw new Error('a node of it has no id')
    byId.set(node.id, node)
  }
  const { samples, timeDeltas } = profile
  const isTimed = Array.isArray(samples) && Array.isArray(timeDeltas) && samples.length === timeDeltas.length
  const made = new TreeMaker([
    isTimed ? { name: 'time', unit: 'nanoseconds' } : { name: 'samples', unit: 'count' },
  ])
  const placed = new Map<number, number>()
  const below = new Set<unknown>()
  for (const node of byId.values()) for (const child of listOf(node.children)) below.add(child)
  const open = [...byId.keys()].filter((id) => !below.has(id)).map((id) => ({ id, parent: 0 }))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = byId.get(next.id)
    if (!node || placed.has(next.id)) continue
    const at = frameNode(made, node, next.parent)
    placed.set(next.id, at)
    if (!isTimed && isNumber(node.hitCount)) made.weigh(at, 0, node.hitCount)
    for (const child of listOf(node.children)) if (isNumber(child)) open.push({ id: child, parent: at })
  }
  if (isTimed)
    samples.forEach((id, i) => {
      // A delta is the time since the sample before: what a sample ran is the next one's.
      const micros = timeDeltas[i + 1]
      if (isNumber(micros)) made.weigh(placed.get(id as number) ?? 0, 0, micros * 1_000)
    })
  return made.finish()
}

function readHeap(head: Json): OpenedFile {
  const made = new TreeMaker([{ name: 'inuse_space', unit: 'bytes' }])
  const open = [{ node: head, parent: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const at = frameNode(made, next.node, next.parent)
    if (isNumber(next.node.selfSize)) made.weigh(at, 0, next.node.selfSize)
    for (const child of listOf(next.node.children))
      if (isObject(child)) open.push({ node: child, parent: at })
  }
  return made.finish()
}

function frameNode(made: TreeMaker, { callFrame }: Json, parent: number): number {
  if (!isObject(callFrame)) throw new Error('a node of it has no callFrame')
  const { functionName, url, lineNumber } = callFrame
  // V8's root stands for nothing that ran.
  if (functionName === '(root)' && parent === 0) return 0
  const name = typeof functionName === 'string' && functionName !== '' ? functionName : '(anonymous)'
  const file = typeof url === 'string' ? url.replace(/^file:\/\//, '') : ''
  // Lines are counted from 0 there; -1 is none.
  return made.child(parent, made.frameId(name, file, isNumber(lineNumber) ? Math.max(0, lineNumber + 1) : 0))
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
