/** What ends the command with one line on stderr and exit code 2. */
export class Refusal extends Error {}

export function warn(message: string): void {
  process.stderr.write(`acme-profiler: ${message}\n`)
}
