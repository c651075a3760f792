import type { Insight } from '../../../pprof/answers'
import type { Profile } from '../../../pprof/model'
import { functionStacks } from '../../store/function-stacks'
import { valueColumn } from '../../store/kinds'
import { labelColumn, labelId, labelNames, labelText } from '../../store/labels'
import type { Frame, ProfileRow } from '../../store/profile-store'
import { originOf } from '../origin'
import type { SelectionParams } from '../types'
import { duration, finding, percent } from './finding'
import { longestRuns, type Run, type Tick } from './runs'

/** V8 keeps so many frames of a stack, the innermost ones. */
const v8Frames = 255
const isCutMark = ({ name, file }: Frame) => name === 'truncated' && file === ''
const isGc = ({ name, file }: Frame) => file === '' && name === '(garbage collector)'
const isSync = ({ name, file }: Frame) =>
  /^node:(?:fs|zlib|crypto|internal\/(?:fs|crypto)\/)/.test(file) && /Sync$/.test(name)
const isLoading = ({ file }: Frame) => /^node:internal\/modules\//.test(file)

interface Sums {
  wall: number
  /** On the main thread, without idle time. */
  busy: number
  sync: number
  loading: number
  samples: number
  cut: number
  /** CPU time of JavaScript on the main thread while tracing is on, and what of it is in no span. */
  traced: number
  outside: number
}

/** Rules on what only single samples tell: times, threads, spans, whole stacks. Fed with the newest raw profiles of one service. */
export class SampleRules {
  readonly #sums: Sums = { wall: 0, busy: 0, sync: 0, loading: 0, samples: 0, cut: 0, traced: 0, outside: 0 }
  readonly #syncBy = new Map<string, number>()
  readonly #loadedBy = new Map<string, number>()
  #pause: Run | undefined
  #held: Run | undefined
  #heldCount = 0
  #heldNanos = 0
  #fromMs = Number.POSITIVE_INFINITY
  #toMs = 0

  constructor(
    private readonly service: string,
    private readonly q: string,
  ) {}

  add(profile: Profile, row: ProfileRow): void {
    const { frames, stackStart, stackFrames, ofSample } = functionStacks(profile)
    const [wall, cpu] = [valueColumn(profile, 'wall'), valueColumn(profile, 'cpu')]
    const labels = {
      thread: labelColumn(profile, labelNames.thread),
      span: labelColumn(profile, labelNames.span),
      end: labelColumn(profile, labelNames.endNanos),
    }
    const origins = frames.map(originOf)
    const is = {
      gc: frames.map(isGc),
      sync: frames.map(isSync),
      loading: frames.map(isLoading),
      cut: frames.map(isCutMark),
    }
    const isTraced = labels.span.some((label) => label >= 0)
    // What loads before the first upload is how a process starts.
    const isStart = row.tags.profile_seq === '0'
    const ticks: Tick[] = []
    const isOwn = frames.map((_, id) => origins[id] === 'own')
    /** The innermost function of the application, or what it calls where it has no name. */
    const nameOf = (ids: Uint32Array) => {
      const at = Math.max(
        0,
        ids.findIndex((id) => isOwn[id] === true),
      )
      const name = (place: number) => frames[ids[place] ?? -1]?.name ?? ''
      return name(at) === '(anonymous)' && at > 0 ? name(at - 1) : name(at)
    }
    this.#fromMs = Math.min(this.#fromMs, row.startMs)
    this.#toMs = Math.max(this.#toMs, row.endMs)
    for (let sample = 0; sample < profile.samples.count; sample++) {
      const stack = ofSample[sample] as number
      const ids = stackFrames.subarray(stackStart[stack], stackStart[stack + 1])
      const leaf = ids[0]
      const own = { wall: wall?.[sample] ?? 0, cpu: cpu?.[sample] ?? 0 }
      this.#sums.samples++
      if (ids.length >= v8Frames || ids.some((id) => is.cut[id])) this.#sums.cut++
      const thread = labels.thread[sample] as number
      if (thread >= 0 && !/^Main\b/.test(labelText(profile, thread))) continue
      const origin = leaf === undefined ? 'native' : (origins[leaf] as string)
      this.#sums.wall += own.wall
      if (origin === 'idle') continue
      this.#sums.busy += own.wall
      const span = labels.span[sample] as number
      const end = labels.end[sample] as number
      if (end >= 0 && !isStart) {
        ticks.push({
          endNanos: Number(profile.samples.labelNum[end]),
          wallNanos: own.wall,
          isGc: leaf !== undefined && is.gc[leaf] === true,
          // Where others have a span, one without may be of any.
          of: span >= 0 ? labelId(profile, span).toString() : isTraced ? `sample ${sample}` : '',
          name: nameOf(ids),
        })
      }
      const sync = ids.find((id) => is.sync[id] === true)
      if (sync !== undefined && !isStart) this.#addBy(this.#syncBy, 'sync', frames[sync], own.wall)
      const outermost = [...ids].reverse().find((id) => is.loading[id] === true)
      if (outermost !== undefined && !isStart)
        this.#addBy(this.#loadedBy, 'loading', frames[outermost], own.wall)
      if (!isTraced || isStart || origin === 'gc' || origin === 'native') continue
      this.#sums.traced += own.cpu
      if (span < 0) this.#sums.outside += own.cpu
    }
    this.#addRuns(ticks)
  }

  findings(): Insight[] {
    const { service, q } = this
    const { wall, sync, loading, samples, cut, traced, outside } = this.#sums
    if (samples === 0) return []
    const selection: SelectionParams = { q, fromMs: this.#fromMs, toMs: this.#toMs }
    const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
    const wallView = (name: string) => ({ kind: 'wall', value: 'wall', function: name })
    const [syncName, loadName] = [this.#syncBy, this.#loadedBy].map(largestOf) as [string, string]
    return [
      ...finding(selection, {
        ...{ rule: 'gc-pause', service, value: this.#pause?.nanos ?? 0 },
        text: `One garbage collection held ${service} for about ${duration(this.#pause?.nanos ?? 0)}.`,
        path: '/explore',
        params: wallView('(garbage collector)'),
      }),
      ...finding(selection, {
        ...{ rule: 'loop-held', service, value: this.#held?.nanos ?? 0 },
        text: `${this.#held?.name} held the event loop of ${service} for about ${duration(this.#held?.nanos ?? 0)}; ${this.#heldCount === 1 ? 'it was the only stretch' : `one of ${this.#heldCount} stretches`} over 100 ms, ${percent(share(this.#heldNanos, wall))} of the time.`,
        path: '/explore',
        params: wallView(this.#held?.name ?? ''),
      }),
      ...finding(selection, {
        ...{ rule: 'sync-calls', service, value: share(sync, wall) },
        text: `Synchronous calls of fs, zlib or crypto hold the main thread of ${service} for ${percent(share(sync, wall))} of the time, most of them ${syncName}.`,
        path: '/explore',
        params: wallView(syncName),
      }),
      ...finding(selection, {
        ...{ rule: 'module-loading', service, value: share(loading, wall) },
        text: `${service} still loads modules after its start: ${percent(share(loading, wall))} of the time of its main thread.`,
        path: '/explore',
        params: wallView(loadName),
      }),
      ...finding(selection, {
        ...{ rule: 'cut-stacks', service, value: share(cut, samples) },
        text: `${percent(share(cut, samples))} of the samples of ${service} have a stack that is too deep and was cut: their outermost callers are missing.`,
        path: '/explore',
        params: { kind: 'wall', value: 'wall', find: 'truncated' },
      }),
      ...finding(selection, {
        ...{ rule: 'no-span', service, value: share(outside, traced) },
        text: `${percent(share(outside, traced))} of the CPU time of JavaScript on the main thread of ${service} is in no span although tracing is on.`,
        path: '/explore',
        params: { kind: 'wall', value: 'cpu', endpoint: '' },
      }),
    ]
  }

  #addBy(by: Map<string, number>, sum: 'sync' | 'loading', frame: Frame | undefined, wall: number): void {
    const name = frame?.name ?? ''
    this.#sums[sum] += wall
    by.set(name, (by.get(name) ?? 0) + wall)
  }

  #addRuns(ticks: Tick[]): void {
    const { pauses, held } = longestRuns(ticks)
    for (const run of pauses) if (run.nanos > (this.#pause?.nanos ?? 0)) this.#pause = run
    for (const run of held) {
      if (run.nanos <= 100e6) continue
      this.#heldCount++
      this.#heldNanos += run.nanos
      if (run.nanos > (this.#held?.nanos ?? 0)) this.#held = run
    }
  }
}

function largestOf(by: ReadonlyMap<string, number>): string {
  return [...by].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as [string, number])[0]
}
