// A background job: every second a report of what was sold. Nobody asks for it over HTTP.
const { SpanKind, shutdown, span } = require('../opentelemetry')
const { gzipSync } = require('node:zlib')
const { orderRows } = require('../shop/products')

const everyMs = 1_000

function toCsv(rows) {
  return rows.map((row) => Object.values(row).join(';')).join('\n')
}

function totals(csv) {
  const sums = new Map()
  for (const line of csv.split('\n')) {
    const [, , , , name, , , , quantity, cents] = line.split(';')
    sums.set(name, (sums.get(name) ?? 0) + Number(quantity) * Number(cents))
  }
  return [...sums].sort(([, a], [, b]) => b - a)
}

async function report() {
  const csv = await span('report.read', () => Array.from({ length: 8 }, () => toCsv(orderRows)).join('\n'))
  const sums = await span('report.sum', () => totals(csv))
  await span('report.pack', () => gzipSync(csv + JSON.stringify(sums)))
}

const timer = setInterval(() => span('report', report, SpanKind.CONSUMER), everyMs)
process.on('SIGTERM', () => {
  clearInterval(timer)
  shutdown().then(() => process.exit(0))
})
