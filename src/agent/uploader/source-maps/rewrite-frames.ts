import { bytesType, varintType, WireReader } from '../../../pprof/wire'
import { WireWriter } from '../../../pprof/wire-writer'
import type { SourceMaps } from './source-maps'
import type { Original, Place } from './translate'

/** profile.proto: the tables that are written anew. */
const locationField = 4
const functionField = 5
const stringField = 6
const commentField = 13

/** Datadog's mark of a profile that has frames in scripts whose maps were not found. */
const missingComment = 'dd:has-missing-map-files'

interface Function {
  id: number
  name: number
  systemName: number
  filename: number
  startLine: number
}

interface Line {
  functionId: number
  line: number
  column: number
}

interface Location {
  id: number
  mapping: number
  address: bigint
  isFolded: number
  lines: Line[]
}

/**
 * Translates the frames of an uncompressed pprof file by the source maps of their scripts, and takes out the columns at which functions begin,
 * which the format does not know. Samples are copied unread. Throws where the bytes are no profile of ours.
 */
export function rewriteFrames(
  pprof: Uint8Array,
  maps: SourceMaps | undefined,
): { pprof: Uint8Array; isMapMissing: boolean } {
  const profile = new Tables(pprof)
  const isMapMissing = profile.translate(maps)
  return { pprof: profile.write(isMapMissing), isMapMissing }
}

class Tables {
  private readonly locations: Location[] = []
  private readonly functions = new Map<number, Function>()
  /** Where each string's bytes begin and end. */
  private readonly strings: number[] = []
  /** Everything else, in order. */
  private readonly kept: Uint8Array[] = []
  private readonly newStrings = new Map<string, number>()
  private readonly newFunctions = new Map<string, Function>()
  private lastFunctionId = 0

  constructor(private readonly pprof: Uint8Array) {
    const wire = new WireReader(pprof)
    const end = pprof.length
    let keptFrom = 0
    while (wire.pos < end) {
      const start = wire.pos
      const field = wire.tag(end)
      if (field === stringField && wire.wireType === bytesType) {
        const stop = wire.block(end)
        this.strings.push(wire.pos, stop)
        wire.pos = stop
      } else if (field === locationField || field === functionField) {
        wire.expect(bytesType, 'table')
        if (start > keptFrom) this.kept.push(pprof.subarray(keptFrom, start))
        if (field === locationField) this.locations.push(readLocation(wire, wire.block(end)))
        else this.addFunction(readFunction(wire, wire.block(end)))
        keptFrom = wire.pos
      } else wire.skip(end)
    }
    if (end > keptFrom) this.kept.push(pprof.subarray(keptFrom, end))
  }

  /** Whether a map is missing. */
  translate(maps: SourceMaps | undefined): boolean {
    let isMapMissing = false
    for (const [filename, lines] of this.linesByFile()) {
      const path = this.text(filename)
      const places = lines.map((line) => this.placeOf(line))
      const translation = path.startsWith('/') ? maps?.translate(path, places) : undefined
      isMapMissing ||= translation?.isMapMissing ?? false
      lines.forEach((line, i) => {
        const original = translation?.originals[i]
        if (original) this.replace(line, original)
        else line.column = 0
      })
    }
    return isMapMissing
  }

  write(isMapMissing: boolean): Uint8Array {
    const out = new WireWriter()
    for (const location of this.locations) this.writeLocation(out, location)
    const used = new Set(this.locations.flatMap(({ lines }) => lines.map(({ functionId }) => functionId)))
    for (const entry of [...this.functions.values(), ...this.newFunctions.values()]) {
      if (used.has(entry.id)) writeFunction(out, entry)
    }
    if (isMapMissing) out.number(commentField, this.stringNumber(missingComment))
    for (const text of this.newStrings.keys()) out.text(stringField, text)
    return Buffer.concat([...this.kept, out.finish()])
  }

  private addFunction(entry: Function): void {
    this.functions.set(entry.id, entry)
    this.lastFunctionId = Math.max(this.lastFunctionId, entry.id)
  }

  private linesByFile(): Map<number, Line[]> {
    const byFile = new Map<number, Line[]>()
    for (const line of this.locations.flatMap(({ lines }) => lines)) {
      const filename = this.functions.get(line.functionId)?.filename ?? 0
      const lines = byFile.get(filename)
      if (lines) lines.push(line)
      else byFile.set(filename, [line])
    }
    return byFile
  }

  private placeOf({ functionId, line, column }: Line): Place {
    return { line, column, name: this.text(this.functions.get(functionId)?.name ?? 0) }
  }

  private replace(line: Line, original: Original): void {
    const own = this.functions.get(line.functionId) as Function
    const startLine = own.startLine === line.line ? original.line : 0
    const key = `${original.file}\n${original.name}\n${startLine}`
    let entry = this.newFunctions.get(key)
    if (!entry) {
      const isNamed = original.name !== this.text(own.name)
      entry = {
        id: ++this.lastFunctionId,
        name: isNamed ? this.stringNumber(original.name) : own.name,
        systemName: own.systemName,
        filename: this.stringNumber(original.file),
        startLine,
      }
      this.newFunctions.set(key, entry)
    }
    line.functionId = entry.id
    line.line = original.line
    line.column = original.column
  }

  private text(index: number): string {
    const [start, end] = [this.strings[2 * index], this.strings[2 * index + 1]]
    if (start === undefined || end === undefined) return ''
    return Buffer.from(this.pprof.buffer, this.pprof.byteOffset + start, end - start).toString()
  }

  private stringNumber(text: string): number {
    const known = this.newStrings.get(text)
    if (known !== undefined) return known
    const number = this.strings.length / 2 + this.newStrings.size
    this.newStrings.set(text, number)
    return number
  }

  private writeLocation(out: WireWriter, { id, mapping, address, isFolded, lines }: Location): void {
    out.block(locationField, () => {
      out.number(1, id)
      out.number(2, mapping)
      out.bigint(3, address)
      for (const { functionId, line, column } of lines) {
        out.block(4, () => {
          out.number(1, functionId)
          out.number(2, line)
          out.number(3, column)
        })
      }
      out.number(5, isFolded)
    })
  }
}

function readLocation(wire: WireReader, end: number): Location {
  const location: Location = { id: 0, mapping: 0, address: 0n, isFolded: 0, lines: [] }
  while (wire.pos < end) {
    const field = wire.tag(end)
    if (field === 4) {
      wire.expect(bytesType, 'line')
      location.lines.push(readLine(wire, wire.block(end)))
    } else if (field === 3) {
      wire.expect(varintType, 'address')
      location.address = wire.uint64(end)
    } else if (field === 1) location.id = number(wire, end)
    else if (field === 2) location.mapping = number(wire, end)
    else if (field === 5) location.isFolded = number(wire, end)
    else wire.skip(end)
  }
  return location
}

function readLine(wire: WireReader, end: number): Line {
  const line: Line = { functionId: 0, line: 0, column: 0 }
  while (wire.pos < end) {
    const field = wire.tag(end)
    if (field === 1) line.functionId = number(wire, end)
    else if (field === 2) line.line = number(wire, end)
    else if (field === 3) line.column = number(wire, end)
    else wire.skip(end)
  }
  return line
}

function readFunction(wire: WireReader, end: number): Function {
  const entry: Function = { id: 0, name: 0, systemName: 0, filename: 0, startLine: 0 }
  while (wire.pos < end) {
    const field = wire.tag(end)
    if (field === 1) entry.id = number(wire, end)
    else if (field === 2) entry.name = number(wire, end)
    else if (field === 3) entry.systemName = number(wire, end)
    else if (field === 4) entry.filename = number(wire, end)
    else if (field === 5) entry.startLine = number(wire, end)
    else wire.skip(end)
  }
  return entry
}

function writeFunction(out: WireWriter, entry: Function): void {
  out.block(functionField, () => {
    out.number(1, entry.id)
    out.number(2, entry.name)
    out.number(3, entry.systemName)
    out.number(4, entry.filename)
    out.number(5, entry.startLine)
  })
}

/** Ids, indexes and lines of our own encoder fit into 32 bits. */
function number(wire: WireReader, end: number): number {
  wire.expect(varintType, 'number')
  const value = wire.varint(end)
  if (wire.hi !== 0) throw new RangeError('a number of more than 32 bits')
  return value
}
