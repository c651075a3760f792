// npm run bench:check [-- --keep]
// What our agent costs, in several rounds, each beside tracing only, compared with what was kept (bench/kept.json): fails where a figure has
// become worse by more than a tenth and by more than chance makes it (one-sided Mann-Whitney test, 1 %). --keep keeps it instead. Not part of
// npm test: it needs a quiet machine.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mannWhitney, median } from './lib/stats.ts'

const questions = ['service', 'work', 'activation']
// With six rounds each the least chance is 1 of 924; with three it would be 1 of 20, and nothing could ever fail.
const rounds = 6
const worseBy = 1.1
const chance = 0.01
const keptFile = new URL('kept.json', import.meta.url)

if (!process.argv.includes('--keep') && !existsSync(keptFile)) {
  console.error(
    'Nothing is kept to compare with yet: npm run bench:check -- --keep, on the machine that is to check.',
  )
  process.exit(1)
}
const answers = []
for (const question of questions) {
  const { ask } = await import(new URL(`questions/${question}.mjs`, import.meta.url).href)
  answers.push({
    question,
    rows: await ask({ full: false, node: '24', variants: ['tracing', 'ours'], rounds }),
  })
}
if (process.argv.includes('--keep')) {
  writeFileSync(keptFile, `${JSON.stringify(answers, null, 1)}\n`)
  process.exit(0)
}

const kept = JSON.parse(readFileSync(keptFile, 'utf8'))
let failed = 0
for (const { question, rows } of answers)
  for (const row of rows) {
    const old = kept
      .find((answer) => answer.question === question)
      ?.rows.find(({ what }) => what === row.what)
    // What is told over tracing only already is in the other rows.
    if (old === undefined || row.values.tracing === undefined) continue
    const [was, is] = [costs(old), costs(row)]
    const change = median(is) / median(was)
    const p = mannWhitney(is, was)
    const worse = change > worseBy && p < chance
    if (worse) failed++
    console.log(
      `${worse ? 'WORSE' : 'ok   '} ${question}: ${row.what}: ${change.toFixed(2)} x (p ${p.toFixed(3)})`,
    )
  }
console.log(`${failed} figures became worse`)
process.exit(failed > 0 ? 1 : 0)

/** By round: ours as a multiple of tracing only, so that a slower machine changes nothing; more is worse. */
function costs({ values, better }) {
  const ratios = values.ours.map((ours, round) => ours / values.tracing[round])
  return better === 'more' ? ratios.map((ratio) => 1 / ratio) : ratios
}
