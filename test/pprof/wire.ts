/** Fields of the wire format by hand, valid or not. */
export type Bytes = readonly number[]

/** `size` > the bytes needed: the same number, padded to that many bytes. Negative numbers are two's complement. */
export function varint(value: bigint | number, size = 0): Bytes {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n || bytes.length < size)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & 0x7f
  return bytes
}

export function tag(field: number, wireType: number): Bytes {
  return varint(field * 8 + wireType)
}

export function num(field: number, value: bigint | number): Bytes {
  return [...tag(field, 0), ...varint(value)]
}

export function block(field: number, ...contents: Bytes[]): Bytes {
  const bytes = contents.flat()
  return [...tag(field, 2), ...varint(bytes.length), ...bytes]
}

export function text(field: number, value: string): Bytes {
  return block(field, [...new TextEncoder().encode(value)])
}

export function packed(field: number, ...values: (bigint | number)[]): Bytes {
  return block(field, ...values.map((value) => varint(value)))
}
