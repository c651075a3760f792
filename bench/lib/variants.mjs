import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

export const ourInit = path('../../dist/init.js')
const datadogTracing = path('../../test/fixtures/tracing.js')
const agent = (name) => path(`../agents/${name}.cjs`)

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
// What is shipped, on every line; a local build would be for one line only.
const ours = { ...quiet, DD_PROFILING_ENABLED: 'true', PREBUILDS_ONLY: '1' }
const profilerOff = { ...quiet, DD_PROFILING_ENABLED: 'false' }

/**
 * Each variant: the column's title, what is preloaded (dd-trace is what everybody's overhead is measured over, except where an agent brings a
 * tracer of its own), its environment, and whose tracer makes the spans of bench/work.
 */
const variants = {
  none: { title: 'nothing', preload: [], env: {} },
  tracing: {
    title: 'tracing only (dd-trace)',
    preload: [datadogTracing],
    env: profilerOff,
    tracer: 'datadog',
  },
  otel: {
    title: 'tracing only (OpenTelemetry)',
    preload: [agent('opentelemetry')],
    env: {},
    tracer: 'opentelemetry',
  },
  ours: { title: 'ours', preload: [ourInit, datadogTracing], env: ours, tracer: 'datadog' },
  'ours-wall': {
    title: 'ours, wall and CPU alone',
    preload: [ourInit, datadogTracing],
    env: { ...ours, DD_PROFILING_PROFILERS: 'wall' },
    tracer: 'datadog',
  },
  'ours-heap': {
    title: 'ours, heap alone',
    preload: [ourInit, datadogTracing],
    env: { ...ours, DD_PROFILING_PROFILERS: 'space' },
    tracer: 'datadog',
  },
  peer: {
    title: "dd-trace's profiler",
    preload: [datadogTracing],
    env: { ...quiet, DD_PROFILING_ENABLED: 'true' },
    tracer: 'datadog',
  },
  pprof: {
    title: '@datadog/pprof directly',
    preload: [agent('datadog-pprof'), datadogTracing],
    env: profilerOff,
    tracer: 'datadog',
  },
  pyroscope: {
    title: '@pyroscope/nodejs',
    preload: [agent('pyroscope'), datadogTracing],
    env: profilerOff,
    tracer: 'datadog',
  },
  sentry: { title: 'Sentry', preload: [agent('sentry')], env: {}, tracer: 'opentelemetry' },
  splunk: { title: 'Splunk', preload: [agent('splunk')], env: {}, tracer: 'opentelemetry' },
}

export const variantNames = Object.keys(variants)
/** The variant that has the same tracer and no profiler; undefined where that is the variant itself. */
export function baseOf(name) {
  const base = { datadog: 'tracing', opentelemetry: 'otel' }[variants[name].tracer]
  return base === name ? undefined : base
}

export const titleOf = (name) => variants[name].title

/**
 * What is preloaded, and the environment. Without `withTracing` our agent runs alone, for questions about the agent itself.
 * @returns {{args: string[], env: Record<string, string>}}
 */
export function variant(name, { withTracing = false } = {}) {
  const found = variants[name]
  if (found === undefined) throw new Error(`no variant ${name}; there are ${variantNames.join(', ')}`)
  const alone = name.startsWith('ours') && !withTracing
  const preload = alone ? [ourInit] : found.preload
  return {
    args: preload.flatMap((file) => ['--require', file]),
    env: { ...found.env, ...(found.tracer && !alone ? { BENCH_TRACER: found.tracer } : {}) },
  }
}
