import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram } from '../../test/accuracy/program.ts'
import { nodeBinary, variant } from './variants.mjs'

const running = new Set()

/** A program that hangs, whoever is to blame, costs its question and not the whole run. */
const guardMs = 12 * 60_000

/**
 * Starts a program of bench/work or test/fixtures in one variant.
 * @param {string} file relative to the repository
 * @param {{name: string, node?: string, withTracing?: boolean, uploadPeriodS?: number, env?: object, nodeArgs?: string[], args?: string[]}} options
 */
export async function startChild(file, options) {
  const { args, env } = variant(options.name, options)
  // Its own: after two programs that were killed, whoever did it, the agent would leave the next one alone for ten minutes.
  const spool = mkdtempSync(join(tmpdir(), 'acme-profiler-bench-'))
  const child = await startProgram(file, {
    node: nodeBinary(options.node),
    nodeArgs: [...(options.nodeArgs ?? []), ...args],
    args: options.args ?? [],
    env: { ACME_PROFILING_SPOOL_DIR: spool, ...env, ...options.env },
    uploadPeriodS: options.uploadPeriodS ?? 60,
  })
  running.add(child)
  const guard = setTimeout(() => child.kill('SIGKILL'), guardMs).unref()
  const end = async (signal) => {
    clearTimeout(guard)
    running.delete(child)
    const ending = await child.end(signal)
    rmSync(spool, { recursive: true, force: true })
    return ending
  }
  return { ...child, end }
}

/** Ends what a question has started and not ended, because it failed. */
export async function endChildren() {
  for (const child of running) await child.end('SIGKILL')
  running.clear()
}
