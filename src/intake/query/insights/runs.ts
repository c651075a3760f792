/** A sample of the main thread that has a time. Idle ones are not among them. */
export interface Tick {
  endNanos: number
  wallNanos: number
  isGc: boolean
  /** Its span; '' outside of any. */
  of: string
  /** The innermost function of the application. */
  name: string
}

/** Samples without a gap between them. */
export interface Run {
  nanos: number
  /** What has most of it. */
  name: string
}

/** Time between the end of one sample and the start of the next that is still no gap. */
const slackNanos = 5e6

/**
 * Garbage collections, as runs of their samples, and how long the event loop was held: runs of one span, or where nothing is traced of one function,
 * garbage collections among them included. A thread that has many short turns of one span and nothing else between them looks the same.
 */
export function longestRuns(ticks: readonly Tick[]): { pauses: Run[]; held: Run[] } {
  const order = [...ticks].sort((a, b) => a.endNanos - b.endNanos)
  return {
    pauses: runsOf(
      order.filter(({ isGc }) => isGc),
      () => true,
    ),
    // One of collections alone is a pause, and was held by no function.
    held: runsOf(order, (tick, of) => tick.isGc || of === undefined || (tick.of || tick.name) === of).filter(
      ({ name }) => name !== '',
    ),
  }
}

function runsOf(ticks: readonly Tick[], belongs: (tick: Tick, of: string | undefined) => boolean): Run[] {
  const runs: Run[] = []
  let names = new Map<string, number>()
  let of: string | undefined
  let nanos = 0
  let endNanos = Number.NEGATIVE_INFINITY
  const close = () => {
    const [name] = [...names].reduce((most, one) => (one[1] > most[1] ? one : most), ['', -1])
    if (nanos > 0) runs.push({ nanos, name })
    names = new Map()
    nanos = 0
    of = undefined
  }
  for (const tick of ticks) {
    const isNext = tick.endNanos - tick.wallNanos - endNanos <= slackNanos
    if (!isNext || !belongs(tick, of)) close()
    if (!tick.isGc) {
      of ??= tick.of || tick.name
      names.set(tick.name, (names.get(tick.name) ?? 0) + tick.wallNanos)
    }
    nanos += tick.wallNanos
    endNanos = tick.endNanos
  }
  close()
  return runs
}
