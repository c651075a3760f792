import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Runs a writer of this folder, which prints the number of each thing that is written, until it has printed `enough` and some milliseconds more; kills it. @returns the numbers */
export function writeAndKill(
  writer: string,
  { dir, first, enough, moreMs }: { dir: string; first: number; enough: number; moreMs: number },
): Promise<number[]> {
  const command = ['--import', 'tsx', join(__dirname, writer), dir, String(first)]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const written: number[] = []
  createInterface(child.stdout).on('line', (line) => {
    written.push(Number(line))
    if (written.length === enough) setTimeout(() => child.kill('SIGKILL'), moreMs)
  })
  return new Promise((resolve) => child.on('close', () => resolve(written)))
}
