import { startProgram } from '../../test/accuracy/program.ts'
import { nodeBinary, variant } from './variants.mjs'

/**
 * Starts a program of bench/work or test/fixtures in one variant.
 * @param {string} file relative to the repository
 * @param {{name: string, node?: string, withTracing?: boolean, uploadPeriodS?: number, env?: object, nodeArgs?: string[], args?: string[]}} options
 */
export function startChild(file, options) {
  const { args, env } = variant(options.name, options)
  return startProgram(file, {
    node: nodeBinary(options.node),
    nodeArgs: [...(options.nodeArgs ?? []), ...args],
    args: options.args ?? [],
    env: { ...env, ...options.env },
    uploadPeriodS: options.uploadPeriodS ?? 60,
  })
}
