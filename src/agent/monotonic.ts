/** Milliseconds that only grow, whatever is done to the system's clock. The same in all threads of a process, unlike performance.now(). */
export function monotonicMs(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1_000 + nanos / 1e6
}
