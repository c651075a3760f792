import { halvesOf, U32Column, WordColumn } from './columns'
import { Interner } from './interner'
import { type Functions, type Locations, type Mapping, none, type Profile } from './model'
import { Names } from './names'

/** Makes one table each of the locations, functions and mappings of several profiles. */
export class MergedLocations {
  private readonly mappingNames = new Names()
  private readonly mappings: Mapping[] = []
  /** Rows of name, system name, file name, start line. */
  private readonly functions = new Interner()
  /** Rows of low and high half of the address, mapping, folded, then function, line and column of each line. */
  private readonly locations = new Interner()

  /** Returns the new indices of the profile's locations; `strings` has the new indices of its strings. */
  add({ locations, functions, mappings }: Profile, strings: Uint32Array): Uint32Array {
    const newMapping = mappings.map((mapping) => this.mapping(mapping))
    const newFunction = functions.name.map((name, i) => {
      const texts = [name, functions.systemName[i] as number, functions.filename[i] as number]
      return this.functions.intern([
        ...texts.map((text) => strings[text] as number),
        functions.startLine[i] as number,
      ])
    })
    const address = halvesOf(locations.address)
    return locations.mapping.map((mapping, i) => {
      const row = [address[2 * i], address[2 * i + 1], newMapping[mapping] ?? none, locations.folded[i]]
      const end = locations.lineStart[i + 1] as number
      for (let line = locations.lineStart[i] as number; line < end; line++) {
        row.push(newFunction[locations.lineFunction[line] as number] ?? none)
        row.push(locations.lineNumber[line], locations.lineColumn[line])
      }
      return this.locations.intern(row as number[])
    })
  }

  finish(): { locations: Locations; functions: Functions; mappings: Mapping[] } {
    return { locations: this.finishLocations(), functions: this.finishFunctions(), mappings: this.mappings }
  }

  private mapping(mapping: Mapping): number {
    const id = this.mappingNames.id(JSON.stringify(Object.values(mapping).map(String)))
    this.mappings[id] ??= mapping
    return id
  }

  private finishFunctions(): Functions {
    const { functions } = this
    const column = (cell: number) => {
      return Uint32Array.from({ length: functions.count }, (_, i) => functions.row(i)[cell] as number)
    }
    return {
      count: functions.count,
      name: column(0),
      systemName: column(1),
      filename: column(2),
      startLine: column(3),
    }
  }

  private finishLocations(): Locations {
    const { count } = this.locations
    const address = new WordColumn(count)
    const mapping = new U32Column(count)
    const folded = new Uint8Array(count)
    const lineStart = new U32Column(count + 1)
    const [lineFunction, lineNumber, lineColumn] = [new U32Column(), new U32Column(), new U32Column()]
    for (let i = 0; i < count; i++) {
      const row = this.locations.row(i)
      address.push(row[0] as number, row[1] as number)
      mapping.push(row[2] as number)
      folded[i] = row[3] as number
      lineStart.push(lineFunction.length)
      for (let cell = 4; cell < row.length; cell += 3) {
        lineFunction.push(row[cell] as number)
        lineNumber.push(row[cell + 1] as number)
        lineColumn.push(row[cell + 2] as number)
      }
    }
    lineStart.push(lineFunction.length)
    return {
      count,
      address: address.finishUnsigned(),
      mapping: mapping.finish(),
      folded,
      lineStart: lineStart.finish(),
      lineFunction: lineFunction.finish(),
      lineNumber: lineNumber.finish(),
      lineColumn: lineColumn.finish(),
    }
  }
}
