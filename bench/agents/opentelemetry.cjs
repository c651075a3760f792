// OpenTelemetry's SDK with the instrumentations of http and Fastify; spans leave in batches.
const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { FastifyOtelInstrumentation } = require('@fastify/otel')
const { registerInstrumentations } = require('@opentelemetry/instrumentation')

const exporter = new OTLPTraceExporter({ url: `${process.env.DD_TRACE_AGENT_URL}/v1/traces` })
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }).register()
registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
  ],
})
