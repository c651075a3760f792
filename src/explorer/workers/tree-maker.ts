import type { FrameInfo } from '../../pprof/answers'
import { originOf } from '../../pprof/origin'

/** What a file held: one tree, and for each of its values what every node weighs itself. */
export interface OpenedFile {
  values: { name: string; unit: string }[]
  frames: FrameInfo[]
  /** Parents before children; node 0 is the root. */
  parent: Int32Array
  /** Indices of `frames`; -1 for the root. */
  frame: Int32Array
  selves: Float64Array[]
}

/** Puts stacks together to a tree, equal callees of one caller as one node. */
export class TreeMaker {
  readonly #frames: FrameInfo[] = []
  readonly #frameIds = new Map<string, number>()
  readonly #parent = [-1]
  readonly #frame = [-1]
  readonly #children = new Map<number, number>()
  readonly #selves: number[][]

  constructor(private readonly values: OpenedFile['values']) {
    this.#selves = values.map(() => [0])
  }

  frameId(name: string, file: string, line: number): number {
    const key = `${line} ${file}\0${name}`
    let id = this.#frameIds.get(key)
    if (id === undefined) {
      id = this.#frames.push({ name, file, line, origin: originOf({ name, file }) }) - 1
      this.#frameIds.set(key, id)
    }
    return id
  }

  child(parent: number, frame: number): number {
    const key = parent * 2 ** 24 + frame
    let node = this.#children.get(key)
    if (node === undefined) {
      node = this.#parent.push(parent) - 1
      this.#frame.push(frame)
      for (const self of this.#selves) self.push(0)
      this.#children.set(key, node)
    }
    return node
  }

  /** Less than nothing, as in a difference of profiles, has no width. */
  weigh(node: number, value: number, amount: number): void {
    const self = this.#selves[value] as number[]
    if (amount > 0) self[node] = (self[node] as number) + amount
  }

  finish(): OpenedFile {
    return {
      values: this.values,
      frames: this.#frames,
      parent: Int32Array.from(this.#parent),
      frame: Int32Array.from(this.#frame),
      selves: this.#selves.map((self) => Float64Array.from(self)),
    }
  }
}
