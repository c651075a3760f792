import { FormatError } from './format-error'

/** Wire types of protobuf that pprof uses. */
export const varintType = 0
export const bytesType = 2

/**
 * Reads protobuf's wire format (protobuf.dev/programming-guides/encoding) from one array, never past the `end` it is
 * given. A 64-bit number is left as two unsigned halves: the low one is returned, the high one is in `hi`.
 */
export class WireReader {
  pos = 0
  /** High half of the last varint. */
  hi = 0
  /** Wire type of the last tag. */
  wireType = 0

  constructor(readonly bytes: Uint8Array) {}

  varint(end: number): number {
    const pos = this.pos
    // Nearly all numbers of a profile have one byte; this much is inlined where it is called.
    if (pos < end) {
      const byte = this.bytes[pos] as number
      if (byte < 0x80) {
        this.pos = pos + 1
        this.hi = 0
        return byte
      }
    }
    return this.longVarint(end)
  }

  private longVarint(end: number): number {
    const bytes = this.bytes
    let pos = this.pos
    let lo = 0
    let hi = 0
    for (let shift = 0; pos < end; shift += 7) {
      const byte = bytes[pos++] as number
      if (shift < 28) {
        lo |= (byte & 0x7f) << shift
      } else if (shift === 28) {
        lo |= byte << 28
        hi = (byte & 0x7f) >> 4
      } else {
        if (shift === 63 && byte > 1) throw tooLong(this.pos)
        hi |= (byte & 0x7f) << (shift - 32)
      }
      if (byte < 0x80) {
        this.pos = pos
        this.hi = hi >>> 0
        return lo >>> 0
      }
    }
    throw truncated('varint', this.pos)
  }

  /** Number of the next field; its wire type is left in `wireType`. */
  tag(end: number): number {
    const at = this.pos
    const tag = this.varint(end)
    const field = tag >>> 3
    this.wireType = tag & 7
    if (field === 0 || this.hi !== 0) {
      throw wireTypeError('field', `invalid field number at byte ${at}`)
    }
    return field
  }

  /** Reads a length and returns the position where that many bytes end. */
  block(end: number): number {
    const at = this.pos
    const length = this.varint(end)
    if (this.hi !== 0 || length > end - this.pos) throw truncated('length', at)
    return this.pos + length
  }

  /** The value of a 64-bit field as it is signed in the format. */
  int64(end: number): bigint {
    return BigInt.asIntN(64, this.uint64(end))
  }

  uint64(end: number): bigint {
    const lo = this.varint(end)
    return (BigInt(this.hi) << 32n) | BigInt(lo)
  }

  /** Refuses a known field that has another wire type than its own. */
  expect(wireType: number, what: string): void {
    if (this.wireType !== wireType) {
      throw wireTypeError(what, `${what} has wire type ${this.wireType}; it must be ${wireType}`)
    }
  }

  /**
   * Where the numbers of a repeated field end: they come packed into one block, or one by one as fields of their own.
   * Read them up to there with `varint`.
   */
  numbers(end: number, what: string): number {
    if (this.wireType === bytesType) {
      this.wireType = varintType
      return this.block(end)
    }
    this.expect(varintType, what)
    const start = this.pos
    this.varint(end)
    const stop = this.pos
    this.pos = start
    return stop
  }

  /** Passes over a field that is not known. Groups are refused: pprof never had any. */
  skip(end: number): void {
    const at = this.pos
    if (this.wireType === varintType) {
      this.varint(end)
    } else if (this.wireType === bytesType) {
      this.pos = this.block(end)
    } else if (this.wireType === 1 || this.wireType === 5) {
      this.pos += this.wireType === 1 ? 8 : 4
      if (this.pos > end) throw truncated('fixed number', at)
    } else {
      throw wireTypeError('field', `field of wire type ${this.wireType} at byte ${at}`)
    }
  }
}

function truncated(what: string, at: number) {
  return new FormatError('pprof_truncated', `the bytes end inside the ${what} at byte ${at}`, {
    what,
    value: at,
  })
}

function tooLong(at: number) {
  const message = `number of more than 64 bits at byte ${at}`
  return new FormatError('pprof_varint', message, { what: 'varint', value: at })
}

function wireTypeError(what: string, message: string) {
  return new FormatError('pprof_wire_type', message, { what })
}
