import { varint } from './wire'

/** Integers below a bound. */
export type Random = (bound: number) => number

/** Mulberry32. */
export function random(seed: number): Random {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

const numbers = [
  0n,
  1n,
  2n,
  7n,
  8n,
  9n,
  127n,
  128n,
  2n ** 21n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 63n,
  -1n,
]

/** The bytes with one to eight changes: of bits, bytes, numbers and whole stretches. */
export function mutated(bytes: Uint8Array, next: Random): Uint8Array {
  const changed = [...bytes.subarray(0, 20_000)]
  for (let changes = 1 + next(8); changes > 0; changes--) {
    const at = next(changed.length)
    const length = 1 + next(1 << next(7))
    switch (next(8)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ (1 << next(8))
        break
      case 1:
        changed[at] = next(256)
        break
      case 2:
        changed.splice(at, 1, ...varint(numbers[next(numbers.length)] ?? 0n, next(12)))
        break
      case 3:
        changed.splice(at, length)
        break
      case 4:
        changed.splice(at, 0, ...changed.slice(next(changed.length)).slice(0, length))
        break
      case 5:
        changed[at] = (changed[at] ?? 0) + (next(2) === 0 ? 1 : -1)
        break
      case 6:
        changed.length = at + 1
        break
      default:
        changed.splice(at, length, ...changed.splice(next(changed.length), length))
    }
  }
  return Uint8Array.from(changed)
}
