const highest = 2n ** 63n - 1n
const lowest = -(2n ** 63n)

/** The nearest signed 64-bit integer. A sum that wrapped around would turn the biggest value into a negative one. */
export function saturated(sum: bigint): bigint {
  if (sum > highest) return highest
  return sum < lowest ? lowest : sum
}
