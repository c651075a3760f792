// npm run bench -- [question ...] [--quick | --full] [--keep] [--node 24] [--variants none,ours,...]
// Asks questions (one file of bench/questions each) of every variant in turn. --quick, three minutes: enough to see the large differences.
// --full, under an hour: every agent, several rounds. Without questions the report goes to bench/results.md, .html (plots) and .json after each
// answer; with some it is only printed, or with --keep their answers take the place of those in the report. Those that need patience take more when
// they are asked by name with --full: ten minutes of uploads, five of memory.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endChildren } from './lib/child.mjs'
import { watchMachine } from './lib/machine.mjs'
import { plots } from './lib/plots.mjs'
import { markdown } from './lib/report.mjs'
import { variantNames } from './lib/variants.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    node: { type: 'string', default: '24' },
    variants: { type: 'string' },
  },
})

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const known = readdirSync(here('questions'))
  .map((file) => file.replace('.mjs', ''))
  .sort()
const unknown = positionals.find((name) => !known.includes(name))
if (unknown !== undefined) {
  console.error(`No question "${unknown}"; there are: ${known.join(', ')}.`)
  process.exit(1)
}

// Questions about every agent, asked first; the others are about our agent and dd-trace's profiler, or about the intake.
const beside = ['service', 'work', 'memory', 'block', 'activation', 'idle', 'start', 'install']
const few = ['none', 'tracing', 'ours', 'peer']
const quickly = ['service', 'work', 'activation', 'start']
const questions =
  positionals.length > 0 ? positionals : values.full ? [...new Set([...beside, ...known])] : quickly

const variantsFor = (question) =>
  values.variants?.split(',') ?? (values.full && beside.includes(question) ? variantNames : few)
if (questions.some((name) => variantsFor(name).includes('sentry')) && !existsSync(here('peers/node_modules')))
  spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here('peers'),
    stdio: 'inherit',
  })

const named = positionals.length > 0
const how = [...positionals, values.full ? '--full' : '--quick'].join(' ')
const finished = await watchMachine(values.node, `\`npm run bench -- ${how}\``)
const rounds =
  'Medians; in brackets, where there were three rounds or more, the 95 % interval of the median, which of fewer than six rounds is their whole range.'
const kept =
  named && existsSync(here('results.json'))
    ? JSON.parse(readFileSync(here('results.json'), 'utf8'))
    : undefined
const answers = []
for (const question of questions) {
  const started = Date.now()
  const answer = await answerOf(question)
  const seconds = Math.round((Date.now() - started) / 1_000)
  answers.push({ ...answer, asked: `${new Date().toISOString().slice(0, 10)}, in ${seconds} s` })
  process.stderr.write(`${question}: ${seconds} s\n`)
  if (!named || values.keep) keep(await finished())
}
console.log(markdown({ heading: [...(await finished()), rounds], answers }))

/** A question that fails takes none of the others with it. */
async function answerOf(question) {
  const alone = values.full && named
  try {
    const { ask } = await import(new URL(`questions/${question}.mjs`, import.meta.url).href)
    const settings = { full: values.full, alone, node: values.node, variants: variantsFor(question) }
    return { question, rows: await ask(settings) }
  } catch (error) {
    console.error(error)
    process.exitCode = 1
    await endChildren()
    return { question, rows: [], failed: error.message }
  }
}

function keep(machine) {
  const asked = new Map([...(kept?.answers ?? []), ...answers].map((answer) => [answer.question, answer]))
  const lines = [...new Set([...(kept?.machine ?? []), ...machine])]
  const report = { heading: [...lines, rounds], answers: [...asked.values()] }
  const head =
    '# Figures beside the peers\n\nMade by `npm run bench`; not to be edited. docs/bench.md says what they mean.\n\n'
  writeFileSync(here('results.md'), head + markdown(report))
  writeFileSync(here('results.html'), plots(report))
  writeFileSync(
    here('results.json'),
    `${JSON.stringify({ machine: lines, answers: report.answers }, null, 1)}\n`,
  )
}
