import type { Interval } from './uploader'

/** Intervals of an engine that makes its profiles on the application's thread: asked for by message. */
export class IntervalSource {
  readonly #ask: () => void
  #waiting: ((interval: Interval) => void) | undefined
  #last: Interval | undefined
  #ended = false

  constructor(ask: () => void) {
    this.#ask = ask
  }

  readonly collect = (done: (interval: Interval) => void): void => {
    if (!this.#ended) {
      this.#waiting = done
      this.#ask()
      return
    }
    const last = this.#last ?? emptyInterval()
    this.#last = undefined
    setImmediate(done, last)
  }

  /** The application's thread has answered. */
  receive(interval: Interval): void {
    const done = this.#waiting
    this.#waiting = undefined
    done?.(interval)
  }

  /** The application's thread will not answer any more; `last` is what it had. */
  end(last: Interval | undefined): void {
    this.#ended = true
    this.#last = last
    // What was asked for last is part of the last interval.
    this.receive(emptyInterval())
  }
}

function emptyInterval(): Interval {
  const nowMs = Date.now()
  return { startMs: nowMs, endMs: nowMs, endpointCounts: {}, measured: {}, hasWork: false }
}
