import type { U32Column } from './columns'
import { FormatError, indexError } from './format-error'
import { Interner } from './interner'
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
 * Producers number from 1, so that the index is the id less one. Where one does not, the ids are interned: the hash is
 * seeded, whereas a Map of integers that strangers choose can be made to take quadratic time.
 */
export function resolveIds(ids: Uint32Array, { data, length }: U32Column, what: string, table: string): void {
  const numbered = ids.every((id, index) => id === index + 1)
  const known = numbered ? undefined : internIds(ids, table)
  const count = ids.length
  for (let i = 0; i < length; i++) {
    const id = data[i] as number
    const index = known ? known.find(data, i, i + 1) : id - 1
    if (index >= 0 && index < count) data[i] = index
    else if (id === 0) data[i] = none
    else throw indexError(what, id, table, count)
  }
}

/** Row `i` is the id of row `i` of the table. Refuses repeated ids. */
function internIds(ids: Uint32Array, table: string): Interner {
  const interned = new Interner()
  ids.forEach((id, index) => {
    if (interned.intern(ids, index, index + 1) === index) return
    throw new FormatError('pprof_id', `${table}.id ${id} is used twice`, { what: `${table}.id`, value: id })
  })
  return interned
}

/** Both halves of an unsigned 64-bit number as digits. */
function wide(lo: number, hi: number): string {
  return String((BigInt(hi) << 32n) | BigInt(lo))
}
