import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { atEnd } from '../helpers/at-end'

const root = join(__dirname, '../..')

/** An intake in a process of its own. */
export interface IntakeProcess {
  url: string
  /** All it printed. */
  lines: string[]
  child: ChildProcess
  /** Signals it, and resolves to its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

const source = ['--import', 'tsx', join(root, 'src/intake/main.ts')]

/** The command as it is shipped, which starts without a compiler. */
export const built = [join(root, 'dist/intake/main.js')]

/** Starts the intake's command on a free port; ready when it has printed its line. */
export async function spawnIntake(
  t: TestContext,
  dir: string,
  args: readonly string[] = [],
  program: readonly string[] = source,
): Promise<IntakeProcess> {
  const command = [...program, '--port', '0', '--dir', dir, ...args]
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  atEnd(t, () => child.kill('SIGKILL'))
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const lines: string[] = []
  const output = createInterface(child.stdout as NodeJS.ReadableStream & import('node:stream').Readable)
  output.on('line', (line) => lines.push(line))
  const started = await Promise.race([once(output, 'line'), ended.then(() => undefined)])
  const url = /http:\S+(?=,)/.exec(started?.[0] as string)?.[0]
  if (url === undefined)
    throw new Error(
      `the intake did not start: ${JSON.stringify([child.exitCode ?? child.signalCode, lines])}`,
    )
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const [code, by] = await ended
    return code ?? (by as NodeJS.Signals)
  }
  return { url, lines, child, end }
}

/** Resident memory of a process in bytes: now, and at its highest. */
export function memoryOf({ pid }: ChildProcess): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') }
}
