// Sentry's SDK with its continuous profiler; it brings OpenTelemetry's tracing along.
const Sentry = require('../peers/node_modules/@sentry/node')
const { nodeProfilingIntegration } = require('../peers/node_modules/@sentry/profiling-node')

Sentry.init({
  dsn: process.env.DD_TRACE_AGENT_URL.replace('://', '://key@').concat('/1'),
  integrations: [nodeProfilingIntegration()],
  tracesSampleRate: 1,
  profileSessionSampleRate: 1,
  profileLifecycle: 'manual',
})
Sentry.profiler.startProfiler()
