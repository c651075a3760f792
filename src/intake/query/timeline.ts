import { toNumbers } from '../../pprof/columns'
import { CodedError } from '../../pprof/errors'
import type { Profile } from '../../pprof/model'
import { FrameTable } from '../store/frame-table'
import { functionStacks } from '../store/function-stacks'
import { valueColumn, wallKind } from '../store/kinds'
import { endMsReader, formatId, labelColumn, labelId, labelNames, labelText } from '../store/labels'
import { frameInfo } from './origin'
import { checkRange, invalid } from './params'
import type { Sources } from './queries'
import { maxProfileMs, readRows } from './raw-profiles'
import { type SampleTest, sampleTest } from './sample-filter'
import { expandFilter } from './span-filter'
import { timelineSpans } from './timeline-spans'
import type { Timeline, TimelineParams } from './types'

const eventKind = 'timeline/nanoseconds'

/** What each thread of one process ran when, from the samples that have a time. */
export async function timeline(sources: Sources, params: TimelineParams): Promise<Timeline> {
  const { profiles, limits } = sources
  const { fromMs, toMs } = checkRange(params, limits)
  const { runtimeId, filter = {} } = params
  if (typeof runtimeId !== 'string' || runtimeId === '') invalid('runtimeId', 'is missing')
  const minutes = (toMs - fromMs) / 60_000
  if (minutes > limits.timelineMinutes) {
    const details = {
      actual: Math.ceil(minutes),
      unit: 'minutes',
      limit: limits.timelineMinutes,
      knob: 'limits.timelineMinutes',
    }
    throw new CodedError('query_too_large', details)
  }
  const selector = [{ key: 'runtime-id', pattern: runtimeId.replaceAll('*', ''), negated: false }]
  const range = { fromMs: Math.max(0, fromMs - maxProfileMs), toMs }
  const { profileIds: ids } = filter
  const listed = await profiles.listProfiles({
    ...{ ...range, selector, limit: limits.queryProfiles },
    ...(ids && { ids }),
  })
  const rows = listed
    .filter(({ endMs, kind }) => endMs > fromMs && (kind === wallKind.name || kind === eventKind))
    .reverse()
  const inside = await expandFilter(sources, filter, { ...range, selector })
  const built = new TimelineBuilder(fromMs, toMs, limits.timelineSamples)
  for await (const { row, profile } of readRows(sources, rows, () => {})) {
    const takes = sampleTest(profile, filter, inside)
    if (row.kind === eventKind) built.addEvents(profile, takes)
    else built.addSamples(profile, takes)
  }
  const { spans, isCut } = await timelineSpans(profiles, selector, { fromMs, toMs })
  // OpenTelemetry's tracer need not say the process: those of the service are, whose trace has samples here.
  const unnamed = await timelineSpans(profiles, ofNoProcess(rows[0]?.tags.service ?? ''), { fromMs, toMs })
  const own = Object.keys(filter).length === 0 ? spans : built.withSamples(spans)
  return {
    ...built.finish([...own, ...built.withSamples(unnamed.spans)].sort((a, b) => a.startMs - b.startMs)),
    cutSpans: isCut || unnamed.isCut,
  }
}

/** An empty pattern takes spans without the tag alone. */
const ofNoProcess = (service: string) => [
  { key: 'service', pattern: service.replaceAll('*', ''), negated: false },
  { key: 'runtime-id', pattern: '', negated: false },
]

type Thread = Timeline['threads'][number]

class TimelineBuilder {
  readonly #threads = new Map<string, Thread>()
  readonly #frames = new FrameTable()
  readonly #stacks: number[][] = []
  readonly #stackIds = new Map<string, number>()
  readonly #events: Timeline['events'] = []
  #samples = 0
  #cut = 0

  constructor(
    private readonly fromMs: number,
    private readonly toMs: number,
    private readonly maxSamples: number,
  ) {}

  addSamples(profile: Profile, takes: SampleTest): void {
    const { frames, stackStart, stackFrames, ofSample } = functionStacks(profile)
    const frameIds = frames.map((frame) => this.#frames.idOf(frame))
    const stackIds = new Map<number, number>()
    const [wall, cpu] = [valueColumn(profile, 'wall'), valueColumn(profile, 'cpu')]
    const keys = labelReaders(profile)
    for (let sample = 0; sample < profile.samples.count; sample++) {
      const endMs = keys.endMs(sample)
      if (endMs === undefined || endMs <= this.fromMs || endMs > this.toMs) continue
      if (this.#samples++ >= this.maxSamples) {
        this.#cut++
        continue
      }
      const thread = this.#thread(keys.thread(sample), keys.threadId(sample))
      thread.endMs.push(endMs - this.fromMs)
      // It still tells when the one after it began.
      if (!takes(sample)) {
        thread.wallMs.push(0)
        thread.cpuMs.push(0)
        thread.stack.push(-1)
        thread.spanId.push('')
        continue
      }
      const own = ofSample[sample] as number
      let stack = stackIds.get(own)
      if (stack === undefined) {
        stack = this.#stackId(
          Array.from(
            stackFrames.subarray(stackStart[own], stackStart[own + 1]),
            (id) => frameIds[id] as number,
          ),
        )
        stackIds.set(own, stack)
      }
      thread.wallMs.push((wall?.[sample] ?? 0) / 1e6)
      thread.cpuMs.push((cpu?.[sample] ?? 0) / 1e6)
      thread.stack.push(stack)
      thread.spanId.push(keys.span(sample))
    }
  }

  /** dd-trace's events: GC, DNS, net and so on, as labels of samples without a stack. */
  addEvents(profile: Profile, takes: SampleTest): void {
    const durations = toNumbers(profile.samples.values, 0, profile.sampleTypes.length)
    const keys = labelReaders(profile)
    const [event, gcType] = [textReader(profile, ['event']), textReader(profile, ['gc type'])]
    for (let sample = 0; sample < profile.samples.count; sample++) {
      const endMs = keys.endMs(sample)
      const durationMs = (durations[sample] as number) / 1e6
      if (!takes(sample) || endMs === undefined || endMs <= this.fromMs || endMs - durationMs >= this.toMs)
        continue
      if (this.#samples++ >= this.maxSamples) {
        this.#cut++
        continue
      }
      const name = [event(sample), gcType(sample)].filter((part) => part !== '').join(' ')
      this.#events.push({ name, thread: keys.thread(sample), startMs: endMs - durationMs, durationMs })
    }
  }

  /** Spans of traces that samples are in. */
  withSamples(spans: Timeline['spans']): Timeline['spans'] {
    const ids = new Set([...this.#threads.values()].flatMap(({ spanId }) => spanId))
    const traces = new Set(spans.filter(({ spanId }) => ids.has(spanId)).map(({ traceId }) => traceId))
    return spans.filter(({ traceId }) => traces.has(traceId))
  }

  finish(spans: Timeline['spans']): Omit<Timeline, 'cutSpans'> {
    return {
      frames: this.#frames.frames.map(frameInfo),
      stacks: this.#stacks,
      threads: [...this.#threads.values()].filter(({ stack }) => stack.some((id) => id >= 0)).map(inOrder),
      spans,
      events: this.#events.sort((a, b) => a.startMs - b.startMs),
      cutSamples: this.#cut,
    }
  }

  #thread(name: string, id: string): Thread {
    const key = JSON.stringify([name, id])
    let thread = this.#threads.get(key)
    if (thread === undefined) {
      thread = { name, id, endMs: [], wallMs: [], cpuMs: [], stack: [], spanId: [] }
      this.#threads.set(key, thread)
    }
    return thread
  }

  #stackId(frames: number[]): number {
    const key = frames.join()
    let id = this.#stackIds.get(key)
    if (id === undefined) {
      id = this.#stacks.push(frames) - 1
      this.#stackIds.set(key, id)
    }
    return id
  }
}

function textReader(profile: Profile, names: readonly string[]): (sample: number) => string {
  const labels = labelColumn(profile, names)
  return (sample) => {
    const label = labels[sample] as number
    return label < 0 ? '' : labelText(profile, label)
  }
}

function labelReaders(profile: Profile) {
  const spans = labelColumn(profile, labelNames.span)
  return {
    thread: textReader(profile, labelNames.thread),
    threadId: textReader(profile, labelNames.threadId),
    endMs: endMsReader(profile),
    span: (sample: number) => {
      const label = spans[sample] as number
      return label < 0 ? '' : formatId(labelId(profile, label))
    },
  }
}

function inOrder(thread: Thread): Thread {
  const order = [...thread.endMs.keys()].sort(
    (a, b) => (thread.endMs[a] as number) - (thread.endMs[b] as number),
  )
  const moved = <T>(column: T[]) => order.map((i) => column[i] as T)
  return {
    ...{ name: thread.name, id: thread.id },
    ...{ endMs: moved(thread.endMs), wallMs: moved(thread.wallMs), cpuMs: moved(thread.cpuMs) },
    ...{ stack: moved(thread.stack), spanId: moved(thread.spanId) },
  }
}
