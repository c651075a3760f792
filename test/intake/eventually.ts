import { setTimeout as wait } from 'node:timers/promises'

/** Asks until there is an answer; the test's own time is the limit. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(100)
  }
}
