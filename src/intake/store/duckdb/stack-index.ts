import { murmur32 } from '../../../pprof/murmur'

/**
 * Ids of stacks by a hash of 64 bits, in 12 bytes per stack at most half full. The hash is seeded per store: whoever chooses names
 * of functions cannot choose which stacks meet.
 */
export class StackIndex {
  #low = new Uint32Array(2_048)
  #high = new Uint32Array(2_048)
  /** Id plus one, 0 where empty. */
  #ids = new Uint32Array(2_048)
  #count = 0

  constructor(private readonly seed: bigint) {}

  /** The hash of a stack of frames, as two halves. */
  hash(frames: Uint32Array, from: number, to: number): readonly [low: number, high: number] {
    const low = murmur32(frames, from, to, Number(this.seed & 0xffffffffn))
    return [low, murmur32(frames, from, to, Number(this.seed >> 32n) ^ low)]
  }

  /** The id, or -1. */
  find(low: number, high: number): number {
    return (this.#ids[this.#slot(low, high)] as number) - 1
  }

  set(low: number, high: number, id: number): void {
    if (this.#count * 2 >= this.#ids.length) this.#grow()
    const slot = this.#slot(low, high)
    if (this.#ids[slot] === 0) this.#count++
    this.#low[slot] = low
    this.#high[slot] = high
    this.#ids[slot] = id + 1
  }

  #slot(low: number, high: number): number {
    const mask = this.#ids.length - 1
    let slot = low & mask
    while (this.#ids[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [low, high, ids] = [this.#low, this.#high, this.#ids]
    this.#low = new Uint32Array(ids.length * 2)
    this.#high = new Uint32Array(ids.length * 2)
    this.#ids = new Uint32Array(ids.length * 2)
    this.#count = 0
    ids.forEach((id, i) => {
      if (id !== 0) this.set(low[i] as number, high[i] as number, id - 1)
    })
  }
}
