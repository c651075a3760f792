import { setTimeout as delay } from 'node:timers/promises'

/**
 * Calls `onDue` `perSecond` times a second for `seconds`, spread evenly, whatever is still unanswered of what it began. It is told when it was due,
 * on the clock of `performance.now()`: latency counts from there, so that a sender which is late itself does not hide that.
 */
export async function pace(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  onDue: (dueMs: number, n: number) => void,
): Promise<void> {
  const startMs = performance.now()
  const total = Math.round(perSecond * seconds)
  for (let n = 0; n < total; n++) {
    const dueMs = startMs + (n * 1_000) / perSecond
    for (let early = dueMs - performance.now(); early > 0; early = dueMs - performance.now())
      await delay(early)
    onDue(dueMs, n)
  }
}
