import { bytesType, varintType } from './wire'

const utf8 = new TextEncoder()
const fixed64Type = 1

/** Writes protobuf's wire format into one growing array. Fields whose value is 0 are left out, as the format has it. */
export class WireWriter {
  private bytes = new Uint8Array(64 * 1024)
  private length = 0

  number(field: number, value: number): void {
    if (value !== 0) this.word(field, value >>> 0, 0)
  }

  /** A signed or unsigned 64-bit number. */
  bigint(field: number, value: bigint): void {
    const word = BigInt.asUintN(64, value)
    if (word !== 0n) this.word(field, Number(word & 0xffffffffn), Number(word >> 32n))
  }

  /** A field of a 64-bit number in halves, 0 too. */
  word(field: number, lo: number, hi: number): void {
    this.reserve(16)
    this.varint(field * 8 + varintType, 0)
    this.varint(lo, hi)
  }

  double(field: number, value: number): void {
    if (value === 0) return
    this.reserve(16)
    this.varint(field * 8 + fixed64Type, 0)
    new DataView(this.bytes.buffer).setFloat64(this.length, value, true)
    this.length += 8
  }

  text(field: number, text: string): void {
    const bytes = utf8.encode(text)
    this.reserve(bytes.length + 16)
    this.varint(field * 8 + bytesType, 0)
    this.varint(bytes.length, 0)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** A message or a packed field: `write` writes what is in it. */
  block(field: number, write: () => void): void {
    this.reserve(16)
    this.varint(field * 8 + bytesType, 0)
    const start = this.length + 1
    this.length = start
    write()
    const length = this.length - start
    const shift = length < 0x80 ? 0 : Math.floor(Math.log2(length) / 7)
    this.reserve(16)
    this.bytes.copyWithin(start + shift, start, this.length)
    this.length = start - 1
    this.varint(length, 0)
    this.length += length
  }

  /** A bare number of a packed field. */
  packed(lo: number, hi = 0): void {
    this.reserve(16)
    this.varint(lo, hi)
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  private varint(lo: number, hi: number): void {
    while (hi > 0 || lo > 0x7f) {
      this.bytes[this.length++] = (lo & 0x7f) | 0x80
      lo = ((lo >>> 7) | (hi << 25)) >>> 0
      hi >>>= 7
    }
    this.bytes[this.length++] = lo
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + bytes))
    grown.set(this.bytes)
    this.bytes = grown
  }
}
