import { FormatError, indexError, limitError } from './format-error'
import type { LimitValues } from './limits'
import { bytesType, varintType, type WireReader } from './wire'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads the string table and remembers what pointed into it, since pointers may come before the table. */
export class StringReader {
  readonly strings: string[] = []
  /** Bytes of the strings that are too long for some part of a label, by index. */
  readonly longBytes = new Map<number, number>()
  /** The highest index of those that were read. */
  highest = 0
  private highestIn = ''

  constructor(
    private readonly wire: WireReader,
    private readonly limits: LimitValues,
  ) {}

  /** Reads one entry. Bytes that are not UTF-8 become U+FFFD: one odd symbol is no reason to lose a profile. */
  entry(end: number): void {
    const { wire, strings, limits } = this
    wire.expect(bytesType, 'string_table')
    const stop = wire.block(end)
    if (strings.length === limits.profileStrings)
      throw limitError(limits, 'profileStrings', strings.length + 1)
    if (stop - wire.pos > Math.min(limits.labelNameBytes, limits.labelValueBytes)) {
      this.longBytes.set(strings.length, stop - wire.pos)
    }
    strings.push(decodeUtf8(wire.bytes, wire.pos, this.cut(stop)))
    wire.pos = stop
  }

  /** Reads an index into the table. Its bound is known, and checked, when all is read. */
  index(end: number, what: string): number {
    const { wire } = this
    wire.expect(varintType, what)
    const index = wire.varint(end)
    if (index > this.highest || wire.hi !== 0) this.pointTo(index, what)
    return index
  }

  /** Remembers an index that was read just now. */
  pointTo(index: number, what: string): void {
    const { hi } = this.wire
    if (hi !== 0) {
      const value = BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(index))
      throw indexError(what, String(value), 'string_table', this.strings.length)
    }
    if (index <= this.highest) return
    this.highest = index
    this.highestIn = what
  }

  finish(): string[] {
    const { strings } = this
    if (strings[0] !== '') {
      const message = 'string_table is absent or does not start with the empty string'
      throw new FormatError('pprof_string_table', message, { what: 'string_table' })
    }
    if (this.highest >= strings.length) {
      throw indexError(this.highestIn, this.highest, 'string_table', strings.length)
    }
    return strings
  }

  /** Where to end a string that is longer than a symbol may be: not inside a character, which has 4 bytes at most. */
  private cut(stop: number): number {
    const { pos, bytes } = this.wire
    const last = pos + this.limits.symbolBytes
    if (last >= stop) return stop
    let end = last
    while (end > Math.max(pos, last - 4) && ((bytes[end] as number) & 0xc0) === 0x80) end--
    return end
  }
}

/** Short ASCII, which most names are, is put together here: a call of TextDecoder costs more than the string. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return utf8.decode(bytes.subarray(start, end))
  let text = ''
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte >= 0x80) return utf8.decode(bytes.subarray(start, end))
    text += String.fromCharCode(byte)
  }
  return text
}
