// What entering and leaving a span's context costs, nanoseconds: AsyncLocalStorage.run in a tight loop, a span active. Least of 30 rounds, the
// figure that other work on the machine disturbs least.
const { AsyncLocalStorage } = require('node:async_hooks')
const { report } = require('../../test/fixtures/report')
const { trace } = require('./spans')

const rounds = 30
const perRound = 100_000
const storage = new AsyncLocalStorage()

function round() {
  const start = process.hrtime.bigint()
  for (let n = 0; n < perRound; n++) storage.run(n, () => n)
  return Number(process.hrtime.bigint() - start) / perRound
}

setTimeout(() => {
  trace('activation', () => {
    const nanos = Array.from({ length: rounds }, round)
    report('done', { nanos: Math.min(...nanos) })
  })
  process.exit(0)
}, 1_500)
