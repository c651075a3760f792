import { U32Column, WordColumn } from './columns'
import type { StringReader } from './decode-strings'
import { limitError } from './format-error'
import { checkId, referenceError } from './ids'
import type { LimitValues } from './limits'
import type { Functions, Locations } from './model'
import { bytesType, varintType, type WireReader } from './wire'

/** Reads `function` messages into columns. */
export class FunctionReader {
  readonly id = new U32Column()
  readonly name = new U32Column()
  readonly systemName = new U32Column()
  readonly filename = new U32Column()
  readonly startLine = new U32Column()

  constructor(
    private readonly wire: WireReader,
    private readonly strings: StringReader,
    private readonly limits: LimitValues,
  ) {}

  function(end: number): void {
    const { wire, strings, limits } = this
    if (this.id.length === limits.profileFunctions) {
      throw limitError(limits, 'profileFunctions', this.id.length + 1)
    }
    let id = 0
    let idHigh = 0
    let name = 0
    let systemName = 0
    let filename = 0
    let startLine = 0
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field === 1) {
        id = number(wire, end, 'function.id')
        idHigh = wire.hi
      } else if (field === 2) name = strings.index(end, 'function.name')
      else if (field === 3) systemName = strings.index(end, 'function.system_name')
      else if (field === 4) filename = strings.index(end, 'function.filename')
      else if (field === 5) startLine = small(wire, end, 'function.start_line')
      else wire.skip(end)
    }
    checkId(id, idHigh, 'function.id')
    this.id.push(id)
    this.name.push(name)
    this.systemName.push(systemName)
    this.filename.push(filename)
    this.startLine.push(startLine)
  }

  finish(): Functions {
    return {
      count: this.name.length,
      name: this.name.finish(),
      systemName: this.systemName.finish(),
      filename: this.filename.finish(),
      startLine: this.startLine.finish(),
    }
  }
}

/** Reads `location` messages into columns; mappings and functions are ids until those tables are known. */
export class LocationReader {
  readonly id = new U32Column()
  readonly address = new WordColumn()
  readonly mapping = new U32Column()
  readonly folded = new U32Column()
  readonly lineStart = new U32Column()
  readonly lineFunction = new U32Column()
  readonly lineNumber = new U32Column()
  readonly lineColumn = new U32Column()

  constructor(
    private readonly wire: WireReader,
    private readonly limits: LimitValues,
  ) {}

  location(end: number): void {
    const { wire, limits } = this
    if (this.id.length === limits.profileLocations) {
      throw limitError(limits, 'profileLocations', this.id.length + 1)
    }
    this.lineStart.push(this.lineFunction.length)
    let id = 0
    let idHigh = 0
    let mapping = 0
    let address = 0
    let addressHigh = 0
    let folded = 0
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field === 1) {
        id = number(wire, end, 'location.id')
        idHigh = wire.hi
      } else if (field === 2) mapping = reference(wire, end, 'location.mapping_id')
      else if (field === 3) {
        address = number(wire, end, 'location.address')
        addressHigh = wire.hi
      } else if (field === 4) this.line(end)
      else if (field === 5) folded = number(wire, end, 'location.is_folded') | wire.hi
      else wire.skip(end)
    }
    checkId(id, idHigh, 'location.id')
    this.id.push(id)
    this.mapping.push(mapping)
    this.address.push(address, addressHigh)
    this.folded.push(folded === 0 ? 0 : 1)
  }

  finish(): Locations {
    this.lineStart.push(this.lineFunction.length)
    return {
      count: this.mapping.length,
      address: this.address.finishUnsigned(),
      mapping: this.mapping.finish(),
      folded: Uint8Array.from(this.folded.finish()),
      lineStart: this.lineStart.finish(),
      lineFunction: this.lineFunction.finish(),
      lineNumber: this.lineNumber.finish(),
      lineColumn: this.lineColumn.finish(),
    }
  }

  private line(outerEnd: number): void {
    const { wire, limits } = this
    wire.expect(bytesType, 'location.line')
    const end = wire.block(outerEnd)
    if (this.lineFunction.length === limits.profileLines) {
      throw limitError(limits, 'profileLines', this.lineFunction.length + 1)
    }
    let called = 0
    let line = 0
    let lineHigh = 0
    let column = 0
    while (wire.pos < end) {
      const field = wire.tag(end)
      if (field === 1) called = reference(wire, end, 'line.function_id')
      else if (field === 2) {
        line = number(wire, end, 'line.line')
        lineHigh = wire.hi
      } else if (field === 3) column = small(wire, end, 'line.column')
      else wire.skip(end)
    }
    // Datadog's heap profiles carry `column << 32 | line` where a source map is missing; a negative line is unknown.
    const negative = lineHigh >= 0x80000000
    this.lineFunction.push(called)
    this.lineNumber.push(negative ? 0 : line)
    this.lineColumn.push(column !== 0 || negative ? column : lineHigh)
  }
}

function number(wire: WireReader, end: number, what: string): number {
  wire.expect(varintType, what)
  return wire.varint(end)
}

/** A line or column: what no source file can have is unknown. */
function small(wire: WireReader, end: number, what: string): number {
  const value = number(wire, end, what)
  return wire.hi === 0 ? value : 0
}

function reference(wire: WireReader, end: number, what: string): number {
  const id = number(wire, end, what)
  if (wire.hi !== 0) throw referenceError(id, wire.hi, what)
  return id
}
