// npm run bench -- [question ...] [--full] [--node 24] [--variants none,tracing,ours,peer] [--write]
// Asks each question (one file of bench/questions each) and prints one Markdown table. Without --full everything is short: enough to see
// that the measuring works, too short to quote. --write puts the table into docs/bench.md.
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { table } from './lib/table.mjs'
import { nodeBinary } from './lib/variants.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    node: { type: 'string', default: '24' },
    variants: { type: 'string', default: 'none,tracing,ours,peer' },
    write: { type: 'boolean', default: false },
  },
})

// The harness reads what the peer compresses with zstd on Node 24, and shares TypeScript files with the tests.
if (process.env.BENCH_HARNESS === undefined) {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const { status } = spawnSync(nodeBinary('24'), args, {
    stdio: 'inherit',
    env: { ...process.env, BENCH_HARNESS: '24' },
  })
  process.exit(status ?? 1)
}

const directory = new URL('./questions/', import.meta.url)
const known = readdirSync(directory)
  .map((file) => file.replace('.mjs', ''))
  .sort()
const unknown = positionals.find((name) => !known.includes(name))
if (unknown !== undefined) {
  console.error(`No question "${unknown}"; there are: ${known.join(', ')}.`)
  process.exit(1)
}

const settings = { full: values.full, node: values.node, variants: values.variants.split(',') }
const rows = []
for (const name of positionals.length > 0 ? positionals : known) {
  const { ask } = await import(new URL(`${name}.mjs`, directory).href)
  const started = Date.now()
  const answers = await ask(settings)
  process.stderr.write(`${name}: ${Math.round((Date.now() - started) / 1_000)} s\n`)
  rows.push(...answers.map((answer) => ({ question: name, ...answer })))
}

const heading = `Node ${values.node}, ${cpus().length} x ${cpus()[0].model.trim()}, ${new Date().toISOString().slice(0, 10)}, ${values.full ? 'full' : 'short'} run, \`npm run bench\`.`
const text = `${heading}\n\n${table(rows)}\n`
console.log(text)
if (values.write)
  writeFileSync(
    fileURLToPath(new URL('../docs/bench.md', import.meta.url)),
    `# Figures beside the peer\n\n${text}`,
  )
