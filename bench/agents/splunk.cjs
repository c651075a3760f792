// @splunk/otel with both of its profilers; it brings OpenTelemetry's tracing along.
require('@splunk/otel').start({
  serviceName: 'bench',
  endpoint: process.env.DD_TRACE_AGENT_URL,
  profiling: { memoryProfilingEnabled: true },
  tracing: true,
  metrics: false,
})
