// dd-trace must be loaded before everything that it instruments.
const tracer = require('dd-trace-5').init({ startupLogs: false })

/** Runs `work` inside a span under the active one. */
exports.span = (name, work) => tracer.trace(name, work)
