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

type Change = (bytes: number[], at: number, next: Random) => void

const flip: Change = (bytes, at, next) => {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8))
}
const step: Change = (bytes, at, next) => {
  bytes[at] = ((bytes[at] ?? 0) + (next(2) === 0 ? 1 : 255)) % 256
}
const low: Change = (bytes, at, next) => {
  bytes[at] = next(20)
}
const number: Change = (bytes, at, next) => {
  bytes.splice(at, 1, ...varint(numbers[next(numbers.length)] ?? 0n, next(12)))
}
const remove: Change = (bytes, at, next) => {
  bytes.splice(at, stretch(next))
}
const repeat: Change = (bytes, at, next) => {
  const from = next(bytes.length)
  bytes.splice(at, 0, ...bytes.slice(from, from + stretch(next)))
}
const move: Change = (bytes, at, next) => {
  bytes.splice(at, 0, ...bytes.splice(next(bytes.length), stretch(next)))
}
const cut: Change = (bytes, at) => {
  bytes.length = at + 1
}

// Those that keep the length come more often: the others mostly break the framing around them.
const changes = [flip, flip, step, step, step, step, low, low, low, number, remove, repeat, move, cut]

const stretch = (next: Random) => 1 + next(1 << next(7))

/** The bytes with one to three changes: of bits, bytes, numbers and whole stretches. */
export function mutated(bytes: Uint8Array, next: Random): Uint8Array {
  const changed = [...bytes]
  for (let count = 1 + next(3); count > 0; count--)
    changes[next(changes.length)]?.(changed, next(changed.length), next)
  return Uint8Array.from(changed)
}
