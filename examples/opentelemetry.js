// What a service without dd-trace has: OpenTelemetry's own SDK. OTEL_EXPORTER_OTLP_ENDPOINT says where spans go.
const { SpanKind, context, trace } = require('@opentelemetry/api')
const { FastifyOtelInstrumentation } = require('@fastify/otel')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto')
const { registerInstrumentations } = require('@opentelemetry/instrumentation')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { resourceFromAttributes } = require('@opentelemetry/resources')
const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    'service.name': process.env.DD_SERVICE,
    'service.version': process.env.DD_VERSION,
    'deployment.environment.name': process.env.DD_ENV,
  }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 1_000 })],
})
provider.register()
registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
  ],
})

const tracer = trace.getTracer('shop')

/** Runs `work` inside a span under the active one; with `kind` in one of its own, as a request is. */
exports.span = async (name, work, kind = SpanKind.INTERNAL) => {
  const span = tracer.startSpan(name, { kind })
  try {
    return await context.with(trace.setSpan(context.active(), span), work)
  } finally {
    span.end()
  }
}

exports.SpanKind = SpanKind
exports.shutdown = () => provider.shutdown().catch(() => {})
