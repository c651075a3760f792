/** A growing Uint32Array. */
export class U32Column {
  length = 0
  data: Uint32Array

  constructor(capacity = 64) {
    this.data = new Uint32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.data.length) this.grow(1)
    this.data[this.length++] = value
  }

  /** `data` with room for so many more entries after `length`: for loops that fill it themselves and set `length` after. */
  reserve(count: number): Uint32Array {
    if (this.length + count > this.data.length) this.grow(count)
    return this.data
  }

  /** Empties it, with room for `capacity` entries. */
  reset(capacity: number): void {
    this.length = 0
    if (this.data.length < capacity) this.data = new Uint32Array(capacity)
  }

  /** The filled part: a view, good while nothing is added. */
  finish(): Uint32Array {
    return this.data.subarray(0, this.length)
  }

  private grow(count: number): void {
    const grown = new Uint32Array(Math.max(this.data.length * 2, this.length + count, 64))
    grown.set(this.data)
    this.data = grown
  }
}

/** A growing column of 64-bit words, filled as two halves so that no BigInt is made per value. */
export class WordColumn {
  private readonly halves: U32Column

  constructor(capacity = 64) {
    this.halves = new U32Column(capacity * 2)
  }

  get length(): number {
    return this.halves.length / 2
  }

  reset(capacity: number): void {
    this.halves.reset(capacity * 2)
  }

  push(lo: number, hi: number): void {
    const { halves } = this
    const { length } = halves
    const data = halves.reserve(2)
    data[length] = lo
    data[length + 1] = hi
    halves.length = length + 2
  }

  /** As U32Column's. */
  finishSigned(): BigInt64Array {
    return new BigInt64Array(this.halves.data.buffer, 0, this.length)
  }

  finishUnsigned(): BigUint64Array {
    return new BigUint64Array(this.halves.data.buffer, 0, this.length)
  }
}

/** The same memory as unsigned halves, the low one of each word first: every platform of Node is little-endian. */
export function halvesOf(words: BigInt64Array | BigUint64Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length * 2)
}

/**
 * A column of signed 64-bit integers as doubles: every `stride`-th value from `first` on.
 * Exact up to 2^53, rounded above; reading BigInts one by one is ten times slower.
 */
export function toNumbers(words: BigInt64Array, first = 0, stride = 1): Float64Array {
  const halves = halvesOf(words)
  const numbers = new Float64Array(Math.ceil((words.length - first) / stride))
  for (let i = 0, at = first * 2; i < numbers.length; i++, at += stride * 2) {
    numbers[i] = ((halves[at + 1] as number) | 0) * 4294967296 + (halves[at] as number)
  }
  return numbers
}
