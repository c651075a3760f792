// npm run bench:check [-- --keep]
// What our agent costs, in several rounds, each beside tracing only, compared with what was kept (bench/kept.json): fails where a figure has
// become worse by more than a tenth and by more than chance makes it (one-sided Mann-Whitney test, 1 %). --keep keeps it instead. Not part of
// npm test: it needs a quiet machine.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { compare } from './lib/compare.ts'
import { watchMachine } from './lib/machine.mjs'

const node = '24'
const questions = ['service', 'latency', 'work', 'activation']
// With six rounds each the least chance is 1 of 924; with three it would be 1 of 20, and nothing could ever fail.
const rounds = 6
const keptFile = new URL('kept.json', import.meta.url)
const keep = process.argv.includes('--keep')

if (!keep && !existsSync(keptFile)) {
  console.error(
    'Nothing is kept to compare with yet: npm run bench:check -- --keep, on the machine that is to check.',
  )
  process.exit(1)
}
const finished = await watchMachine(node, `${rounds} rounds of \`npm run bench:check\``)
const answers = []
for (const question of questions) {
  const { ask } = await import(new URL(`questions/${question}.mjs`, import.meta.url).href)
  answers.push({ question, rows: await ask({ full: false, node, variants: ['tracing', 'ours'], rounds }) })
}
const heading = await finished()
if (keep) {
  writeFileSync(keptFile, `${JSON.stringify({ heading, answers }, null, 1)}\n`)
  console.log(`${heading.join('\n')}\nKept in bench/kept.json.`)
  process.exit(0)
}

const kept = JSON.parse(readFileSync(keptFile, 'utf8'))
const compared = compare(kept.answers, answers)
const worse = compared.filter((row) => row.worse)
console.log(`Kept: ${kept.heading.join(' ')}\nNow: ${heading.join(' ')}`)
for (const row of compared)
  console.log(
    row.not === undefined
      ? `${row.worse ? 'WORSE' : 'ok   '} ${row.name}: ${row.multiple.toFixed(3)} x tracing only, kept ${row.multipleBefore.toFixed(3)}: ${row.change.toFixed(2)} x (p ${row.p.toFixed(3)})`
      : `-     ${row.name}: not compared, ${row.not}`,
  )
console.log(`${worse.length} figures became worse`)
process.exit(worse.length > 0 ? 1 : 0)
