import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, type ProgramOptions, startProgram } from './program'

const root = join(__dirname, '../..')

/** The binary of one Node line, or the one that runs the tests where that line is not installed. */
export function nodeBinary(line: string): string {
  const installed = join(root, `node_modules/node-${line}/bin/node`)
  return existsSync(installed) ? installed : process.execPath
}

/** Starts a program with the built agent and the prebuilt addon preloaded, uploading often. */
export function startProfiled(file: string, options: Partial<ProgramOptions>): Promise<Program> {
  return startProgram(file, {
    uploadPeriodS: 4,
    ...options,
    nodeArgs: ['--require', join(root, 'dist/init.js'), ...(options.nodeArgs ?? [])],
    env: {
      DD_SERVICE: 'truth',
      PREBUILDS_ONLY: '1',
      DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'gzip',
      ...options.env,
    },
  })
}
