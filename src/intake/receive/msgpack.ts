import { CodedError } from '../../pprof/errors'

/**
 * Reads MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) by pulling: the caller asks for what it knows must come, and
 * nothing else is built, so that a body takes no more memory than what is taken out of it. Libraries build a tree before one can
 * look, and none bounds its size: a megabyte of 0x80 is a million objects.
 * Throws CodedError body_malformed, or body_too_deep where what is skipped is nested too deeply.
 */
export class MsgpackReader {
  pos = 0
  readonly #bytes: Buffer
  readonly #view: DataView

  constructor(
    bytes: Uint8Array,
    private readonly maxDepth: number,
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Items of the list that comes; nil is an empty one. Each has a byte at least, so that a count that cannot be true is refused. */
  array(): number {
    const type = this.#byte()
    if (type >= 0x90 && type <= 0x9f) return this.#count(type & 0x0f, 1)
    if (type === 0xdc) return this.#count(this.#uint(2), 1)
    if (type === 0xdd) return this.#count(this.#uint(4), 1)
    if (type === 0xc0) return 0
    throw this.#unexpected('a list', type)
  }

  /** Pairs of the map that comes; nil is an empty one. */
  map(): number {
    const type = this.#byte()
    if (type >= 0x80 && type <= 0x8f) return this.#count(type & 0x0f, 2)
    if (type === 0xde) return this.#count(this.#uint(2), 2)
    if (type === 0xdf) return this.#count(this.#uint(4), 2)
    if (type === 0xc0) return 0
    throw this.#unexpected('a map', type)
  }

  /** Text or bytes as text; nil is ''. Bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    const type = this.#byte()
    const length = this.#textLength(type)
    if (length === undefined) {
      if (type === 0xc0) return ''
      throw this.#unexpected('text', type)
    }
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A whole number as 64 bits without a sign; a float is cut to a whole number. */
  uint64(): bigint {
    const type = this.#byte()
    if (type === 0xcf || type === 0xd3) return this.#view.getBigUint64(this.#take(8))
    const number = this.#numberOf(type)
    if (!Number.isFinite(number)) throw this.#unexpected('a whole number', type)
    return BigInt.asUintN(64, BigInt(Math.trunc(number)))
  }

  /** Any number, a boolean as 0 or 1, nil as 0; rounded above 2^53. */
  number(): number {
    return this.#numberOf(this.#byte())
  }

  /** Passes over one value. */
  skip(): void {
    // Values still to pass, per level.
    const left = [1]
    while (left.length > 0) {
      const level = left.length - 1
      if (left[level] === 0) {
        left.pop()
        continue
      }
      left[level] = (left[level] as number) - 1
      const inside = this.#skipOne()
      if (inside === 0) continue
      if (level >= this.maxDepth)
        throw new CodedError('body_too_deep', { actual: level + 1, limit: this.maxDepth })
      left.push(inside)
    }
  }

  /** Throws body_malformed if anything follows. */
  end(): void {
    if (this.pos !== this.#bytes.length) throw malformed(`${this.#bytes.length - this.pos} bytes follow it`)
  }

  /** Returns how many values are inside the one it passed. */
  #skipOne(): number {
    const type = this.#byte()
    if (type >= 0x80 && type <= 0x8f) return this.#count(type & 0x0f, 2) * 2
    if (type >= 0x90 && type <= 0x9f) return this.#count(type & 0x0f, 1)
    if (type === 0xdc || type === 0xdd) return this.#count(this.#uint(type === 0xdc ? 2 : 4), 1)
    if (type === 0xde || type === 0xdf) return this.#count(this.#uint(type === 0xde ? 2 : 4), 2) * 2
    const text = this.#textLength(type)
    if (text !== undefined) this.#take(text)
    else if (type >= 0xc7 && type <= 0xc9) this.#take(this.#uint(1 << (type - 0xc7)) + 1)
    else if (type >= 0xd4 && type <= 0xd8) this.#take((1 << (type - 0xd4)) + 1)
    else if (type === 0xcf || type === 0xd3) this.#take(8)
    else this.#numberOf(type)
    return 0
  }

  #numberOf(type: number): number {
    if (type <= 0x7f) return type
    if (type >= 0xe0) return type - 0x100
    const view = this.#view
    switch (type) {
      case 0xc0:
      case 0xc2:
        return 0
      case 0xc3:
        return 1
      case 0xca:
        return view.getFloat32(this.#take(4))
      case 0xcb:
        return view.getFloat64(this.#take(8))
      case 0xcc:
        return view.getUint8(this.#take(1))
      case 0xcd:
        return view.getUint16(this.#take(2))
      case 0xce:
        return view.getUint32(this.#take(4))
      case 0xcf:
        return Number(view.getBigUint64(this.#take(8)))
      case 0xd0:
        return view.getInt8(this.#take(1))
      case 0xd1:
        return view.getInt16(this.#take(2))
      case 0xd2:
        return view.getInt32(this.#take(4))
      case 0xd3:
        return Number(view.getBigInt64(this.#take(8)))
      default:
        throw this.#unexpected('a number', type)
    }
  }

  #textLength(type: number): number | undefined {
    if (type >= 0xa0 && type <= 0xbf) return type & 0x1f
    if (type >= 0xd9 && type <= 0xdb) return this.#uint(1 << (type - 0xd9))
    if (type >= 0xc4 && type <= 0xc6) return this.#uint(1 << (type - 0xc4))
    return undefined
  }

  #uint(bytes: number): number {
    return this.#bytes.readUIntBE(this.#take(bytes), bytes)
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  #count(items: number, minBytes: number): number {
    if (items * minBytes > this.#bytes.length - this.pos) throw this.#truncated()
    return items
  }

  #take(bytes: number): number {
    const start = this.pos
    if (bytes > this.#bytes.length - start) throw this.#truncated()
    this.pos = start + bytes
    return start
  }

  #truncated(): CodedError {
    return malformed(`the bytes end inside the value at byte ${this.pos}`)
  }

  #unexpected(wanted: string, type: number): CodedError {
    return malformed(`byte ${this.pos - 1} is 0x${type.toString(16)} where ${wanted} must be`)
  }
}

function malformed(reason: string): CodedError {
  return new CodedError('body_malformed', { format: 'MessagePack', reason })
}
