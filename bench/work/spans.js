/** `trace(name, work)`: the work in a span of whichever tracer the benchmark has preloaded; without one, the work alone. */
exports.trace = {
  datadog: () => {
    const tracer = require('dd-trace-5')
    return (name, work) => tracer.trace(name, work)
  },
  opentelemetry: () => {
    const tracer = require('@opentelemetry/api').trace.getTracer('bench')
    const ended = async (span, result) => {
      try {
        return await result
      } finally {
        span.end()
      }
    }
    return (name, work) => tracer.startActiveSpan(name, (span) => ended(span, work()))
  },
  none: () => (_, work) => work(),
}[process.env.BENCH_TRACER ?? 'none']()
