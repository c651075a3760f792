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
    const low = murmur(frames, from, to, Number(this.seed & 0xffffffffn))
    return [low, murmur(frames, from, to, Number(this.seed >> 32n) ^ low)]
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

/** MurmurHash3, 32 bits. */
function murmur(cells: Uint32Array, from: number, to: number, seed: number): number {
  let hash = seed | 0
  for (let i = from; i < to; i++) {
    let cell = Math.imul(cells[i] as number, 0xcc9e2d51)
    cell = Math.imul((cell << 15) | (cell >>> 17), 0x1b873593)
    hash ^= cell
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash ^= to - from
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
