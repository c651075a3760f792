/**
 * Children of nodes by what they are: numbers by pairs of numbers. A Map of pairs as one number is several times slower. Most nodes of a
 * call tree have a single child, which is found without a hash.
 */
export class ChildTable {
  /** By parent. No child is 0: that is the root. */
  #firstKeys = new Int32Array(1_024)
  #firstChildren = new Int32Array(1_024)
  /** Place in the columns below plus one; 0 is empty. A power of two, at most half of them taken. */
  #slots = new Int32Array(2_048)
  #parents = new Int32Array(1_024)
  #keys = new Int32Array(1_024)
  #children = new Int32Array(1_024)
  #count = 0

  /** The child of that key, which is `next` where there was none. Children are numbered above their parents. */
  childOf(parent: number, key: number, next: number): number {
    if (next >= this.#firstKeys.length) {
      this.#firstKeys = longer(this.#firstKeys)
      this.#firstChildren = longer(this.#firstChildren)
    }
    const first = this.#firstChildren[parent] as number
    if (first === 0) {
      this.#firstKeys[parent] = key
      this.#firstChildren[parent] = next
      return next
    }
    return this.#firstKeys[parent] === key ? first : this.#otherChildOf(parent, key, next)
  }

  #otherChildOf(parent: number, key: number, next: number): number {
    const mask = this.#slots.length - 1
    let slot = hash(parent, key) & mask
    for (let entry = this.#slots[slot] as number; entry !== 0; entry = this.#slots[slot] as number) {
      if (this.#parents[entry - 1] === parent && this.#keys[entry - 1] === key)
        return this.#children[entry - 1] as number
      slot = (slot + 1) & mask
    }
    if (this.#count === this.#parents.length) this.#grow()
    this.#parents[this.#count] = parent
    this.#keys[this.#count] = key
    this.#children[this.#count] = next
    this.#count++
    if (this.#count * 2 > this.#slots.length) this.#rehash()
    else this.#slots[slot] = this.#count
    return next
  }

  #grow(): void {
    this.#parents = longer(this.#parents)
    this.#keys = longer(this.#keys)
    this.#children = longer(this.#children)
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let entry = 1; entry <= this.#count; entry++) {
      let slot = hash(this.#parents[entry - 1] as number, this.#keys[entry - 1] as number) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = entry
    }
  }
}

function longer(column: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(column.length * 2)
  grown.set(column)
  return grown
}

// Of this process: pairs come from strangers, who must not know which of them meet.
const seed = Math.floor(Math.random() * 2 ** 31)

function hash(parent: number, key: number): number {
  let mixed = Math.imul(parent ^ seed, 0x9e3779b1) ^ Math.imul(key + seed, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) >>> 0
}
