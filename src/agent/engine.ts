import type { Interval } from './addon'
import type { Status } from './status'

/** A source of samples for one thread. Only start() may throw. */
export interface Engine {
  readonly name: NonNullable<Status['engine']>
  /** Known once it has started; told in event.json and by status(). */
  readonly labelMode: NonNullable<Status['labelMode']>
  /**
   * Samples the calling thread; false if V8 does not. Where it fails it leaves nothing behind.
   * @throws why it cannot
   */
  start(): boolean
  /** Takes the last window while labels can still be read. Sampling is over afterwards. */
  finish(): void
  stop(): void
  /**
   * What was sampled since the last call, from an engine that makes profiles on the thread it samples. Where absent,
   * the uploader's thread asks the addon.
   */
  takeInterval?(): Interval
  /** Forgets what was sampled so far: nobody uploads it. */
  discardInterval(): void
}

export type { Interval }
