import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

/** Before the test's own time is over: its failure would not say what was waited for. */
const giveUpAfterMs = 4 * 60_000

/** Asks until there is an answer. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const giveUpAt = performance.now() + giveUpAfterMs; ; ) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > giveUpAt) throw new Error(`no answer after ${giveUpAfterMs} ms: ${ask}`)
    await wait(100)
  }
}

/** Sends a program SIGTERM once it has done enough, or has ended by itself. */
export async function endAfter(child: ChildProcess, isEnough: () => boolean): Promise<void> {
  await eventually(() => isEnough() || (child.exitCode ?? child.signalCode) !== null || undefined)
  child.kill('SIGTERM')
}
