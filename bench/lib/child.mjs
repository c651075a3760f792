import { startProgram } from '../../test/accuracy/program.ts'
import { nodeBinary, variant } from './variants.mjs'

const running = new Set()

/**
 * Starts a program of bench/work or test/fixtures in one variant.
 * @param {string} file relative to the repository
 * @param {{name: string, node?: string, withTracing?: boolean, uploadPeriodS?: number, env?: object, nodeArgs?: string[], args?: string[]}} options
 */
export async function startChild(file, options) {
  const { args, env } = variant(options.name, options)
  const child = await startProgram(file, {
    node: nodeBinary(options.node),
    nodeArgs: [...(options.nodeArgs ?? []), ...args],
    args: options.args ?? [],
    env: { ...env, ...options.env },
    uploadPeriodS: options.uploadPeriodS ?? 60,
  })
  running.add(child)
  const end = (signal) => {
    running.delete(child)
    return child.end(signal)
  }
  return { ...child, end }
}

/** Ends what a question has started and not ended, because it failed. */
export async function endChildren() {
  for (const child of running) await child.end('SIGKILL')
  running.clear()
}
