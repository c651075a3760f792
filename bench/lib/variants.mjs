import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

export const ourInit = path('../../dist/init.js')
const tracing = path('../../test/fixtures/tracing.js')

/** The binary of one Node line (`20`, `22`, `24`, `26`), or the one that runs this. */
export function nodeBinary(line) {
  const installed = path(`../../node_modules/node-${line}/bin/node`)
  return existsSync(installed) ? installed : process.execPath
}

const quiet = {
  DD_SERVICE: 'bench',
  DD_ENV: 'bench',
  DD_VERSION: '1.0.0',
  DD_TRACE_STARTUP_LOGS: 'false',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
}

/**
 * What is preloaded, and the environment:
 * `none` nothing · `tracing` dd-trace without its profiler · `ours` our agent, beside dd-trace if `withTracing` ·
 * `peer` dd-trace with its profiler, which is @datadog/pprof as its users run it.
 */
export function variant(name, { withTracing = false } = {}) {
  switch (name) {
    case 'none':
      return { args: [], env: {} }
    case 'tracing':
      return { args: ['--require', tracing], env: { ...quiet, DD_PROFILING_ENABLED: 'false' } }
    case 'ours':
      return {
        args: ['--require', ourInit, ...(withTracing ? ['--require', tracing] : [])],
        // What is shipped, on every line; a local build would be for one line only.
        env: { ...quiet, DD_PROFILING_ENABLED: 'true', PREBUILDS_ONLY: '1' },
      }
    case 'peer':
      return { args: ['--require', tracing], env: { ...quiet, DD_PROFILING_ENABLED: 'true' } }
    default:
      throw new Error(`no variant ${name}`)
  }
}
