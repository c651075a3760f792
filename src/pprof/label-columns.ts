import type { Samples } from './model'

/** Growing columns of labels: most of a profile's numbers are in them, so that one check serves all five. */
export class LabelColumns {
  count = 0
  key: Uint32Array = new Uint32Array(0)
  str: Uint32Array = new Uint32Array(0)
  /** Halves of the words, the low one first. */
  private num: Uint32Array = new Uint32Array(0)
  private unit: Uint32Array = new Uint32Array(0)

  /** Empties them, with room for `capacity` labels. */
  reset(capacity: number): void {
    this.count = 0
    if (this.key.length >= capacity) return
    this.key = new Uint32Array(capacity)
    this.str = new Uint32Array(capacity)
    this.num = new Uint32Array(capacity * 2)
    this.unit = new Uint32Array(capacity)
  }

  push(key: number, str: number, lo: number, hi: number, unit: number): void {
    const at = this.count
    if (at === this.key.length) this.grow()
    this.key[at] = key
    this.str[at] = str
    this.num[2 * at] = lo
    this.num[2 * at + 1] = hi
    this.unit[at] = unit
    this.count = at + 1
  }

  finish(): Pick<Samples, 'labelKey' | 'labelStr' | 'labelNum' | 'labelUnit'> {
    const { count } = this
    return {
      labelKey: this.key.subarray(0, count),
      labelStr: this.str.subarray(0, count),
      labelNum: new BigInt64Array(this.num.buffer, 0, count),
      labelUnit: this.unit.subarray(0, count),
    }
  }

  private grow(): void {
    const capacity = Math.max(64, this.count * 2)
    this.key = copied(this.key, capacity)
    this.str = copied(this.str, capacity)
    this.num = copied(this.num, capacity * 2)
    this.unit = copied(this.unit, capacity)
  }
}

function copied(from: Uint32Array, capacity: number): Uint32Array {
  const grown = new Uint32Array(capacity)
  grown.set(from)
  return grown
}
