// npm run bench -- [question ...] [--quick | --full] [--node 24] [--variants none,ours,...]
// Asks questions (one file of bench/questions each) of every variant in turn. --quick, three minutes: enough to see the large differences.
// --full, under an hour: every agent, several rounds. Without questions the report goes to bench/results.md, .html (plots) and .json after each
// answer; with some it is only printed, and those that need patience take more with --full: ten minutes of uploads, five of memory.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
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

const finished = await watchMachine(values.node, `${values.full ? 'full' : 'quick'} run of \`npm run bench\``)
const heading = async () => [
  ...(await finished()),
  'Medians; in brackets, where there were three rounds or more, the 95 % interval of the median, which of fewer than six rounds is their whole range.',
]
const answers = []
for (const question of questions) {
  const started = Date.now()
  answers.push(await answerOf(question))
  process.stderr.write(`${question}: ${Math.round((Date.now() - started) / 1_000)} s\n`)
  if (positionals.length === 0) await keep()
}
console.log(markdown({ heading: await heading(), answers }))

/** A question that fails takes none of the others with it. */
async function answerOf(question) {
  const alone = values.full && positionals.length > 0
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

async function keep() {
  const report = { heading: await heading(), answers }
  const head =
    '# Figures beside the peers\n\nMade by `npm run bench`; not to be edited. docs/bench.md says what they mean.\n\n'
  writeFileSync(here('results.md'), head + markdown(report))
  writeFileSync(here('results.html'), plots(report))
  writeFileSync(
    here('results.json'),
    `${JSON.stringify({ node: values.node, full: values.full, answers }, null, 1)}\n`,
  )
}
