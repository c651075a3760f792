import { Interner } from '../../pprof/interner'
import { FrameTable } from '../store/frame-table'
import type { FunctionStacks } from '../store/function-stacks'

type Stacks = Pick<FunctionStacks, 'frames' | 'stackStart' | 'stackFrames'>

/** Stacks of several profiles or selections under common numbers. */
export class StackTable {
  readonly #frames = new FrameTable()
  readonly #stacks = new Interner()

  /** @returns the common number of each of these stacks */
  add({ frames, stackStart, stackFrames }: Stacks): Uint32Array {
    const ids = frames.map((frame) => this.#frames.idOf(frame))
    const mapped = stackFrames.map((frame) => ids[frame] as number)
    return stackStart.subarray(0, -1).map((from, i) => this.#stacks.intern(mapped, from, stackStart[i + 1]))
  }

  finish(): Stacks {
    const { start, cells } = this.#stacks.finish()
    return { frames: this.#frames.frames, stackStart: start, stackFrames: cells }
  }
}
