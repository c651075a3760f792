// @datadog/pprof used directly, as its README shows it: both profilers, stopped, encoded and sent once an interval.
const { encode, heap, time } = require('@datadog/pprof')

const url = `${process.env.DD_TRACE_AGENT_URL}/profiling/v1/input`
const start = () => time.start({ intervalMicros: 10_101, lineNumbers: true })

start()
heap.start(524_288, 64)
setInterval(async () => {
  for (const profile of [time.stop(true), heap.profile()])
    await fetch(url, { method: 'POST', body: await encode(profile) }).catch(() => undefined)
}, Number(process.env.DD_PROFILING_UPLOAD_PERIOD) * 1_000).unref()
