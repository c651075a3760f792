// A web service that nobody calls. Reports event-loop utilization and CPU of a stretch of doing nothing.
const { createServer } = require('node:http')
const { report } = require('../../test/fixtures/report')

const settleMs = Number(process.argv[2]) * 1_000
const measuredMs = Number(process.argv[3]) * 1_000

createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')

setTimeout(() => {
  const elu = performance.eventLoopUtilization()
  const cpu = process.cpuUsage()
  const start = performance.now()
  setTimeout(() => {
    const { utilization } = performance.eventLoopUtilization(elu)
    const { user, system } = process.cpuUsage(cpu)
    report('done', { utilization, cpuMsPerSecond: (user + system) / (performance.now() - start) })
  }, measuredMs)
}, settleMs)
