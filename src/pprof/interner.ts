import { U32Column } from './columns'
import { murmur32 } from './murmur'

/**
 * Numbers distinct rows of unsigned 32-bit integers, of any length, in the order in which they first come.
 * The hash is seeded per process: rows come from strangers.
 */
export class Interner {
  private readonly cells = new U32Column(1024)
  private readonly start = new U32Column(256)
  /** Row number plus one, 0 where empty; a power of two of them, at most half of them taken. */
  private slots = new Uint32Array(512)
  private readonly hashes = new U32Column(256)

  constructor() {
    this.start.push(0)
  }

  get count(): number {
    return this.start.length - 1
  }

  /** Number of the row `source[from..to)`, which is copied if it is new. */
  intern(source: ArrayLike<number>, from = 0, to = source.length): number {
    if (this.count * 2 >= this.slots.length) this.grow()
    const hash = murmur32(source, from, to, seed)
    const slot = this.slot(hash, source, from, to)
    const known = this.slots[slot] as number
    if (known !== 0) return known - 1
    for (let i = from; i < to; i++) this.cells.push(source[i] as number)
    this.hashes.push(hash)
    this.start.push(this.cells.length)
    this.slots[slot] = this.count
    return this.count - 1
  }

  /** Number of the row `source[from..to)`, or -1. */
  find(source: ArrayLike<number>, from = 0, to = source.length): number {
    return (this.slots[this.slot(murmur32(source, from, to, seed), source, from, to)] as number) - 1
  }

  /** All rows: row i is `cells[start[i]..start[i + 1])`. */
  finish(): { start: Uint32Array; cells: Uint32Array } {
    return { start: this.start.finish(), cells: this.cells.finish() }
  }

  /** A view, good until the next row is added. */
  row(row: number): Uint32Array {
    return this.cells.data.subarray(this.start.data[row], this.start.data[row + 1])
  }

  /** The slot that holds the row, or the empty one where it belongs. */
  private slot(hash: number, source: ArrayLike<number>, from: number, to: number): number {
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let row = this.slots[slot] as number; row !== 0; row = this.slots[slot] as number) {
      if (this.hashes.data[row - 1] === hash && this.equals(row - 1, source, from, to)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  private equals(row: number, source: ArrayLike<number>, from: number, to: number): boolean {
    const start = this.start.data[row] as number
    if ((this.start.data[row + 1] as number) - start !== to - from) return false
    for (let i = from; i < to; i++) {
      if (this.cells.data[start + i - from] !== source[i]) return false
    }
    return true
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2)
    const mask = this.slots.length - 1
    for (let row = 0; row < this.count; row++) {
      let slot = (this.hashes.data[row] as number) & mask
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask
      this.slots[slot] = row + 1
    }
  }
}

const seed = Math.floor(Math.random() * 2 ** 32)
