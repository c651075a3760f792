/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const tokens = [
  '\r\n',
  '\n',
  '\r\n\r\n',
  '--',
  '"',
  ';',
  ':',
  '\0',
  '-1',
  '0',
  '4294967296',
  '18446744073709551615',
  '../',
  '{',
  '[',
  '\\',
  '\xff',
  ' ',
]

/** Changes a few bytes, pieces or numbers. */
export function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = (length: number) => Math.floor(random() * (length + 1))
  let mutated = Buffer.from(bytes)
  for (let changes = 1 + at(3); changes > 0; changes--) {
    const from = at(mutated.length)
    const to = Math.min(mutated.length, from + at(random() < 0.5 ? 4 : 400))
    const token = Buffer.from(tokens[at(tokens.length - 1)] as string, 'latin1')
    const pieces = [
      () => [Buffer.of(at(255)), mutated.subarray(from + 1)],
      () => [mutated.subarray(to)],
      () => [mutated.subarray(from, to), mutated.subarray(from)],
      () => [token, mutated.subarray(random() < 0.5 ? from : to)],
      () => [mutated.subarray(from, to), mutated.subarray(from, to), mutated.subarray(0, from)],
      () => [],
    ]
    const rest = (pieces[at(pieces.length - 1)] as () => Buffer[])()
    mutated = Buffer.concat([mutated.subarray(0, from), ...rest])
  }
  return mutated
}

/** Changes one to three bytes in place, so that what is read first goes on to be read. */
export function flip(bytes: Buffer, random: () => number): Buffer {
  const flipped = Buffer.from(bytes)
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    flipped[Math.floor(random() * flipped.length)] = Math.floor(random() * 256)
  }
  return flipped
}

/** Cuts bytes into up to `most` pieces at random places. */
export function split(bytes: Buffer, most: number, random: () => number): Buffer[] {
  const cuts = Array.from({ length: Math.floor(random() * most) }, () => Math.floor(random() * bytes.length))
  const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, n) => bytes.subarray(places[n], end))
}
