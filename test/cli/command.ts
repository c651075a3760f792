import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd } from '../helpers/at-end'

const root = join(__dirname, '..', '..')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `acme-profiler` to its end; `node` is a Node.js other than the running one. */
export function command(args: readonly string[], node = process.execPath): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      node,
      ['--import', 'tsx', join(root, 'src/cli.ts'), ...args],
      { cwd: root },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

/** The Node.js of another line, as installed for the tests. */
export function nodeOfLine(line: 22 | 24 | 26): string {
  return join(root, `node_modules/node-${line}/bin/node`)
}

/** A directory that is gone after the test. */
export function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'acme-profiler-cli-'))
  atEnd(t, () => rmSync(path, { recursive: true }))
  return path
}
