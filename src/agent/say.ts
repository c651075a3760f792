import { writeSync } from 'node:fs'

/** One line on standard error, at once. */
export function say(line: string): void {
  try {
    writeSync(2, `acme-profiler: ${line}\n`)
  } catch {
    // Standard error is closed; the application goes on.
  }
}
