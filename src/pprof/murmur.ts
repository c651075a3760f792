/** MurmurHash3, 32 bits, of the whole numbers from `from` to before `to`; each counts with its low 32 bits. */
export function murmur32(cells: ArrayLike<number>, from: number, to: number, seed: number): number {
  let hash = seed | 0
  for (let i = from; i < to; i++) {
    let cell = Math.imul(cells[i] as number, 0xcc9e2d51)
    cell = Math.imul((cell << 15) | (cell >>> 17), 0x1b873593)
    hash ^= cell
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash ^= to - from
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
