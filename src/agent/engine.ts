import type { Interval } from './addon'

/** A source of samples for one thread. Nothing here throws. */
export interface Engine {
  readonly name: string
  /** How samples get their labels; told in event.json and by status(). */
  readonly labelMode: 'async context frame' | 'async hooks' | 'none'
  /** Samples the calling thread; false if it cannot. */
  start(): boolean
  /** Takes the last window while labels can still be read. Sampling is over afterwards. */
  finish(): void
  stop(): void
}

export type { Interval }
