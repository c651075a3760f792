import type { U32Column } from './columns'
import { FormatError, grouped, indexError } from './format-error'
import { none } from './model'

/** Refuses an id that cannot be one. `hi` is the high half of the 64 bits, `lo` the low one. */
export function checkId(lo: number, hi: number, what: string): void {
  if (hi === 0 && lo !== 0 && lo !== none) return
  const value = wide(lo, hi)
  throw new FormatError('pprof_id', `${what} is ${value}; ids go from 1 to 4,294,967,294`, { what, value })
}

/** A reference that no id can answer. */
export function referenceError(lo: number, hi: number, what: string): FormatError {
  const value = wide(lo, hi)
  return new FormatError('pprof_index', `${what} is ${value}; ids go from 1 to 4,294,967,294`, {
    what,
    value,
  })
}

/**
 * Turns ids into indices, in place, where row `i` of the table has the id `ids[i]`; 0 becomes `none`.
 * Producers number from 1, so that the index is the id less one. Where one does not, ids are sorted and searched:
 * a hash table of integers that strangers choose can be made to take quadratic time.
 */
export function resolveIds(ids: Uint32Array, { data, length }: U32Column, what: string, table: string): void {
  const numbered = ids.every((id, index) => id === index + 1)
  const find = numbered ? (id: number) => (id <= ids.length ? id - 1 : none) : searcher(ids, table)
  for (let i = 0; i < length; i++) {
    const id = data[i] as number
    const index = id === 0 ? none : find(id)
    if (index === none && id !== 0) throw indexError(what, id, table, ids.length)
    data[i] = index
  }
}

/** Refuses repeated ids; the function returned finds the index of an id, or `none`. */
function searcher(ids: Uint32Array, table: string): (id: number) => number {
  // Id and index share one double: 32 and 21 bits of its 53.
  const shift = 2 ** 21
  if (ids.length > shift) {
    const message = `${table} has ${grouped(ids.length)} entries not numbered from 1; at most 2,097,152 can be`
    throw new FormatError('pprof_id', message, { what: `${table}.id`, value: ids.length, bound: shift })
  }
  const sorted = Float64Array.from(ids, (id, index) => id * shift + index).sort()
  for (let i = 1; i < sorted.length; i++) {
    const id = Math.floor((sorted[i] as number) / shift)
    if (id !== Math.floor((sorted[i - 1] as number) / shift)) continue
    throw new FormatError('pprof_id', `${table}.id ${id} is used twice`, { what: `${table}.id`, value: id })
  }
  return (id) => {
    let low = 0
    for (let high = sorted.length; low < high; ) {
      const middle = (low + high) >>> 1
      if ((sorted[middle] as number) < id * shift) low = middle + 1
      else high = middle
    }
    const found = sorted[low] ?? -1
    return Math.floor(found / shift) === id ? found % shift : none
  }
}

/** Both halves of an unsigned 64-bit number as digits. */
function wide(lo: number, hi: number): string {
  return String((BigInt(hi) << 32n) | BigInt(lo))
}
