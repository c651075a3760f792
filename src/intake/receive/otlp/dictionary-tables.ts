import { U32Column } from '../../../pprof/columns'
import { CodedError } from '../../../pprof/errors'
import { type Functions, type Locations, none } from '../../../pprof/model'
import type { Names } from '../../../pprof/names'
import type { Dictionary } from './profile-messages'

/** The locations and functions of a dictionary that one profile uses, as columns. Throws CodedError profile_malformed. */
export class DictionaryTables {
  readonly #functions = new Map<number, number>()
  readonly #functionColumns = [new U32Column(), new U32Column(), new U32Column(), new U32Column()] as const
  readonly #locations = new Map<number, number>()
  readonly #address: bigint[] = []
  readonly #lineStart = new U32Column()
  readonly #lineFunction = new U32Column()
  readonly #lineNumber = new U32Column()
  readonly #lineColumn = new U32Column()

  constructor(
    private readonly dictionary: Dictionary,
    private readonly names: Names,
  ) {}

  /** Of an index of the dictionary that of the profile. */
  location(index: number): number {
    const known = this.#locations.get(index)
    if (known !== undefined) return known
    const { address, lines } = entry(
      this.dictionary.locationTable,
      index,
      'stack.location_indices',
      'location_table',
    )
    const at = this.#address.push(address) - 1
    this.#lineStart.push(this.#lineFunction.length)
    for (const { functionIndex, line, column } of lines) {
      this.#lineFunction.push(functionIndex === 0 ? none : this.#function(functionIndex))
      this.#lineNumber.push(position(line))
      this.#lineColumn.push(position(column))
    }
    this.#locations.set(index, at)
    return at
  }

  #function(index: number): number {
    const known = this.#functions.get(index)
    if (known !== undefined) return known
    const found = entry(this.dictionary.functionTable, index, 'line.function_index', 'function_table')
    const [name, systemName, filename, startLine] = this.#functionColumns
    const at = name.length
    name.push(this.names.id(this.text(found.nameStrindex)))
    systemName.push(this.names.id(this.text(found.systemNameStrindex)))
    filename.push(this.names.id(this.text(found.filenameStrindex)))
    startLine.push(position(found.startLine))
    this.#functions.set(index, at)
    return at
  }

  /** An entry of the string table. */
  text(index: number): string {
    return index === 0 ? '' : entry(this.dictionary.stringTable, index, 'a *_strindex', 'string_table')
  }

  finish(): { locations: Locations; functions: Functions } {
    const [name, systemName, filename, startLine] = this.#functionColumns
    const locations = this.#address.length
    this.#lineStart.push(this.#lineFunction.length)
    return {
      locations: {
        count: locations,
        address: BigUint64Array.from(this.#address),
        mapping: new Uint32Array(locations).fill(none),
        folded: new Uint8Array(locations),
        lineStart: this.#lineStart.finish(),
        lineFunction: this.#lineFunction.finish(),
        lineNumber: this.#lineNumber.finish(),
        lineColumn: this.#lineColumn.finish(),
      },
      functions: {
        count: name.length,
        name: name.finish(),
        systemName: systemName.finish(),
        filename: filename.finish(),
        startLine: startLine.finish(),
      },
    }
  }
}

/** A line or column; 0 where it cannot be one. */
function position(number: bigint): number {
  return number > 0n && number < 0xffffffffn ? Number(number) : 0
}

/** An entry of a table. Throws CodedError profile_malformed where there is none. */
export function entry<T>(table: readonly T[], index: number, what: string, called: string): T {
  const found = index < 0 ? undefined : table[index]
  return found ?? malformed(`${what} is ${index}; ${called} has ${table.length} entries`)
}

export function malformed(reason: string): never {
  throw new CodedError('profile_malformed', { name: 'profile', reason })
}
