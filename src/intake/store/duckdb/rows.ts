import {
  DuckDBBigIntVector,
  DuckDBDoubleVector,
  type DuckDBMaterializedResult,
  DuckDBUBigIntVector,
  DuckDBUIntegerVector,
  type DuckDBValue,
} from '@duckdb/node-api'

export type TypedColumn = Uint32Array | Float64Array | BigInt64Array | BigUint64Array

/** A result by columns. */
export class Rows {
  constructor(private readonly result: DuckDBMaterializedResult) {}

  get count(): number {
    return this.result.rowCount
  }

  /** A column of UINTEGER. */
  integers(column: number): Uint32Array {
    return this.#fill(column, DuckDBUIntegerVector, new Uint32Array(this.count))
  }

  /** A column of DOUBLE. */
  doubles(column: number): Float64Array {
    return this.#fill(column, DuckDBDoubleVector, new Float64Array(this.count))
  }

  /** A column of BIGINT. */
  bigints(column: number): BigInt64Array {
    return this.#fill(column, DuckDBBigIntVector, new BigInt64Array(this.count))
  }

  /** A column of UBIGINT. */
  ids(column: number): BigUint64Array {
    return this.#fill(column, DuckDBUBigIntVector, new BigUint64Array(this.count))
  }

  /** A column of VARCHAR. */
  texts(column: number): string[] {
    return this.values(column) as string[]
  }

  values(column: number): DuckDBValue[] {
    const all: DuckDBValue[] = []
    for (let i = 0; i < this.result.chunkCount; i++) this.result.getChunk(i).appendColumnValues(column, all)
    return all
  }

  /** A column of UINTEGER[]: each row's entries. */
  lists(column: number, each: (row: number, items: Uint32Array) => void): void {
    let row = 0
    for (let i = 0; i < this.result.chunkCount; i++) {
      const vector = this.result.getChunk(i).getColumnVector(column) as unknown as {
        itemCount: number
        childVector: DuckDBUIntegerVector
        getEntryOffset(row: number): number
        getEntryLength(row: number): number
      }
      const { items } = vector.childVector as unknown as { items: Uint32Array }
      for (let at = 0; at < vector.itemCount; at++) {
        const from = vector.getEntryOffset(at)
        each(row++, items.subarray(from, from + vector.getEntryLength(at)))
      }
    }
  }

  #fill<Column extends TypedColumn>(
    column: number,
    type: new (...args: never[]) => unknown,
    all: Column,
  ): Column {
    let at = 0
    for (let i = 0; i < this.result.chunkCount; i++) {
      const vector = this.result.getChunk(i).getColumnVector(column)
      // Anything else would be read as other numbers.
      if (!(vector instanceof type))
        throw new TypeError(`column ${column} is of another type: ${vector.type}`)
      ;(all as Uint32Array).set((vector as unknown as { items: Uint32Array }).items, at)
      at += vector.itemCount
    }
    return all
  }
}
