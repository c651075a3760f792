import type { Timeline } from '../../pprof/answers'
import { type CallTree, type Frame, type Mark, marks, type Origin, rootFrame } from './tree'

/** What a process did over time, as a tree of which every node has its row and its time. Values are nanoseconds. */
export interface TimeRows {
  tree: CallTree
  /** The span that a frame of the tree stands for. */
  spans: ReadonlyMap<number, Timeline['spans'][number]>
  samples: number
}

/** A pause between two samples that is longer than this is time in which nothing ran. */
const maxPauseMs = 25
/** Told of a thread: that long it did not come back to wait. */
const busyMs = 100
/** Spans and events that stand above each other at most; what is beyond is cut to what the last row has room for. */
const maxRows = 24
const noThread = ''

type Thread = Timeline['threads'][number]

/** Lanes of threads, those first that ran longest: collections and other events, how long it was busy, spans, and stacks as boxes, the root first. */
export function timeRows(timeline: Timeline, fromMs: number, toMs: number): TimeRows {
  const made = new RowMaker(timeline.frames, (toMs - fromMs) * 1e6)
  const threads = [...timeline.threads].sort((a, b) => sum(b.cpuMs) - sum(a.cpuMs))
  const spans = spansByThread(timeline, threads)
  const names = new Set(threads.map(({ name }) => name))
  const within = (startMs: number, durationMs: number) => ({
    left: Math.max(0, startMs - fromMs) * 1e6,
    right: (Math.min(toMs, startMs + durationMs) - fromMs) * 1e6,
  })
  const spanItems = (list: Timeline['spans'] = []): Item[] =>
    list.map((one) => ({
      ...within(one.startMs, one.durationMs),
      frame: made.span(one),
      mark: one.error ? 'failed span' : 'span',
    }))
  const stretches = (thread: Thread, word: string, mark: Mark, minMs: number, takes: Takes): Item[] =>
    stretchesOf(thread, timeline, takes)
      .filter(({ startMs, endMs }) => endMs - startMs >= minMs)
      .map(({ startMs, endMs }) => ({
        ...{ left: startMs * 1e6, right: endMs * 1e6, mark },
        frame: made.frame(`${word} ${text(endMs - startMs)}`),
      }))
  threads.forEach((thread, i) => {
    const id = thread.id === '' || thread.id === '0' ? '' : ` ${thread.id}`
    const lane = made.lane(`${thread.name || 'Thread'}${id} · ${text(sum(thread.cpuMs))} CPU`)
    // What names no thread that is here is of the process: its first lane has it.
    const events = timeline.events.filter(
      ({ thread: of }) => of === thread.name || (i === 0 && !names.has(of)),
    )
    const items = events.map(({ name, startMs, durationMs }): Item => {
      const mark = isCollection(name) ? 'gc' : 'busy'
      return { ...within(startMs, durationMs), frame: made.frame(name || 'event'), mark }
    })
    const hasCollections = items.some(({ mark }) => mark === 'gc')
    made.stacked(
      lane,
      hasCollections ? items : [...items, ...stretches(thread, 'GC', 'gc', 0, (origin) => origin === 'gc')],
    )
    made.stacked(
      lane,
      stretches(thread, 'busy for', 'busy', busyMs, () => true),
    )
    made.stacked(lane, spanItems(spans.get(thread)))
    addStacks(made, lane, thread, timeline)
  })
  const alone = spans.get(noThread)
  if (alone) made.stacked(made.lane('Spans without samples'), spanItems(alone))
  return { ...made.finish(), samples: sum(threads.map(({ stack }) => stack.filter((id) => id >= 0).length)) }
}

type Takes = (leaf: Origin) => boolean

const isCollection = (name: string) => /gc|garbage/i.test(name)
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
const text = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`)

/** A span runs on the thread whose samples name it, or another of its trace. */
function spansByThread({ spans }: Timeline, threads: readonly Thread[]) {
  const ofSpan = new Map<string, Thread>()
  for (const thread of threads) for (const id of thread.spanId) if (!ofSpan.has(id)) ofSpan.set(id, thread)
  const ofTrace = new Map<string, Thread>()
  for (const { spanId, traceId } of spans) {
    const thread = ofSpan.get(spanId)
    if (thread) ofTrace.set(traceId, thread)
  }
  const found = new Map<Thread | typeof noThread, Timeline['spans']>()
  for (const one of spans) {
    const thread = ofSpan.get(one.spanId) ?? ofTrace.get(one.traceId) ?? noThread
    const known = found.get(thread)
    if (known) known.push(one)
    else found.set(thread, [one])
  }
  return found
}

/** Start and end of each sample that ran something, on the thread's own clock; undefined where it waited or the filter leaves it out. */
function runs(thread: Thread, { stacks, frames }: Timeline, at: number, previousMs: number) {
  const endMs = thread.endMs[at] as number
  const stack = stacks[thread.stack[at] as number] ?? []
  if (stack.length === 0 || frames[stack[0] as number]?.origin === 'idle') return undefined
  const startMs = Math.max(previousMs, endMs - (thread.wallMs[at] as number), 0)
  return { startMs: startMs - previousMs < maxPauseMs ? previousMs : startMs, endMs, stack }
}

/** Where one sample after the other takes, without a pause. */
function stretchesOf(thread: Thread, timeline: Timeline, takes: Takes): { startMs: number; endMs: number }[] {
  const found: { startMs: number; endMs: number }[] = []
  let open: { startMs: number; endMs: number } | undefined
  let previousMs = 0
  for (let at = 0; at < thread.endMs.length; at++) {
    const run = runs(thread, timeline, at, previousMs)
    previousMs = thread.endMs[at] as number
    const leaf = run && timeline.frames[run.stack[0] as number]
    if (!run || !leaf || !takes(leaf.origin)) {
      open = undefined
      continue
    }
    if (open && run.startMs <= open.endMs) open.endMs = run.endMs
    else {
      open = { startMs: run.startMs, endMs: run.endMs }
      found.push(open)
    }
  }
  return found
}

/** Samples that follow one another share the boxes of the frames that they share from the root on. */
function addStacks(made: RowMaker, lane: number, thread: Thread, timeline: Timeline): void {
  const first = made.nextRow
  let open: number[] = []
  let previousMs = 0
  for (let at = 0; at < thread.endMs.length; at++) {
    const run = runs(thread, timeline, at, previousMs)
    if (!run || run.startMs > previousMs) open = []
    previousMs = thread.endMs[at] as number
    if (!run) continue
    const { stack, startMs, endMs } = run
    const depth = stack.length
    let shared = 0
    while (shared < open.length && shared < depth) {
      if (made.frameAt(open[shared] as number) !== stack[depth - 1 - shared]) break
      shared++
    }
    open.length = shared
    for (const node of open) made.extend(node, endMs * 1e6)
    for (let level = shared; level < depth; level++) {
      const parent = level === 0 ? lane : (open[level - 1] as number)
      const frame = stack[depth - 1 - level] as number
      open.push(made.add(parent, frame, first + level, startMs * 1e6, endMs * 1e6, 'function'))
    }
    made.run(open[depth - 1] as number, (endMs - startMs) * 1e6)
  }
}

interface Item {
  left: number
  right: number
  frame: number
  mark: Mark
}

class RowMaker {
  readonly #frames: Frame[]
  readonly #spans = new Map<number, Timeline['spans'][number]>()
  readonly #named = new Map<string, number>()
  readonly #parent = [-1]
  readonly #frame = [rootFrame]
  readonly #self = [0]
  readonly #left = [0]
  readonly #right: number[]
  readonly #level = [0]
  readonly #mark = [0]
  nextRow = 1

  constructor(
    frames: readonly Frame[],
    private readonly length: number,
  ) {
    this.#frames = [...frames]
    this.#right = [length]
  }

  frame(name: string): number {
    const known = this.#named.get(name)
    if (known !== undefined) return known
    const id = this.#frames.push({ name, file: '', line: 0, origin: 'runtime' }) - 1
    this.#named.set(name, id)
    return id
  }

  span(one: Timeline['spans'][number]): number {
    const id = this.#frames.push({ name: one.resource || one.name, file: '', line: 0, origin: 'runtime' }) - 1
    this.#spans.set(id, one)
    return id
  }

  lane(name: string): number {
    return this.add(0, this.frame(name), this.nextRow, 0, this.length, 'lane')
  }

  /** Puts what overlaps above each other, by start. */
  stacked(lane: number, items: readonly Item[]): void {
    const ends: number[] = []
    const first = this.nextRow
    for (const item of [...items].sort((a, b) => a.left - b.left || b.right - a.right)) {
      const free = ends.findIndex((end) => end <= item.left)
      const row = free >= 0 ? free : Math.min(ends.length, maxRows - 1)
      const left = Math.max(item.left, ends[row] ?? 0)
      if (item.right <= left) continue
      ends[row] = item.right
      this.add(lane, item.frame, first + row, left, item.right, item.mark)
    }
  }

  add(parent: number, frame: number, level: number, left: number, right: number, mark: Mark): number {
    this.#frame.push(frame)
    this.#self.push(0)
    this.#left.push(left)
    this.#right.push(Math.max(left, right))
    this.#level.push(level)
    this.#mark.push(marks.indexOf(mark))
    this.nextRow = Math.max(this.nextRow, level + 1)
    return this.#parent.push(parent) - 1
  }

  frameAt(node: number): number {
    return this.#frame[node] as number
  }

  extend(node: number, right: number): void {
    this.#right[node] = right
  }

  run(node: number, nanos: number): void {
    this.#self[node] = (this.#self[node] as number) + nanos
  }

  finish(): Pick<TimeRows, 'tree' | 'spans'> {
    const left = Float64Array.from(this.#left)
    const tree = {
      parent: Int32Array.from(this.#parent),
      frame: Int32Array.from(this.#frame),
      self: Float64Array.from(this.#self),
      total: Float64Array.from(this.#right, (right, node) => right - (left[node] as number)),
      frames: this.#frames,
      rows: { left, level: Uint32Array.from(this.#level), mark: Uint8Array.from(this.#mark) },
    }
    return { tree, spans: this.#spans }
  }
}
