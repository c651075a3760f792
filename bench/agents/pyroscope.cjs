// @pyroscope/nodejs with the wall and heap profilers that it starts by itself.
const pyroscope = require('@pyroscope/nodejs')

pyroscope.init({
  serverAddress: process.env.DD_TRACE_AGENT_URL,
  appName: 'bench',
  flushIntervalMs: Number(process.env.DD_PROFILING_UPLOAD_PERIOD) * 1_000,
})
pyroscope.start()
