import type { TestContext } from 'node:test'

type Cleanup = () => unknown

const cleanupsOf = new WeakMap<TestContext, Cleanup[]>()

/**
 * Ends, after the test, what was made last first: a page before the intake that it asks, the intake before its store.
 * The test runner's own `after` goes the other way around, and a page that still asks is told that its store has gone.
 */
export function atEnd(t: TestContext, cleanup: Cleanup): void {
  const known = cleanupsOf.get(t)
  if (known) {
    known.push(cleanup)
    return
  }
  const cleanups = [cleanup]
  cleanupsOf.set(t, cleanups)
  t.after(() => endAll(cleanups))
}

/** All of them, also when one throws; rejects with what the first threw. */
async function endAll(cleanups: Cleanup[]): Promise<void> {
  const faults: unknown[] = []
  for (const cleanup of cleanups.reverse()) {
    try {
      await cleanup()
    } catch (fault) {
      faults.push(fault)
    }
  }
  if (faults.length > 0) throw faults[0]
}
