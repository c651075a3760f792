// Works for a while, then ends in the way that it is told: exit, term, throw, natural.
const { report } = require('../../test/fixtures/report')

const [, , way, workMs] = process.argv
const start = performance.now()

function burn() {
  const end = performance.now() + 8
  while (performance.now() < end) Math.sqrt(end)
}

function turn() {
  burn()
  if (way === 'term' || performance.now() - start < Number(workMs)) return void setTimeout(turn, 2)
  report('ending', { livedMs: performance.now() })
  if (way === 'exit') process.exit(7)
  if (way === 'throw') throw new Error('the uncaught exception of this benchmark')
}

if (way === 'term') setTimeout(() => report('ending', { livedMs: performance.now() }), Number(workMs))
turn()
