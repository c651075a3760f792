// Writes the table of what was tried against the profiler, of the kept results of the suites and of the bench: `npm run report`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptResults } from './results.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const results = [...keptResults()]

/** Results whose file and figures answer the question; their numbers of one name added up. */
function select(names, figure) {
  const chosen = results.filter(
    ([name, { figures }]) => names.test(name) && (figure === undefined || figure in figures),
  )
  const of = (field) => chosen.reduce((sum, [, { figures }]) => sum + (figures[field] ?? 0), 0)
  const sum = (count) => chosen.reduce((total, [, result]) => total + result[count], 0)
  const most = (pattern) =>
    Math.max(
      ...chosen.flatMap(([, { figures }]) =>
        Object.keys(figures)
          .filter((name) => pattern.test(name))
          .map((name) => figures[name]),
      ),
    )
  return { chosen, of, most, passed: sum('passed'), failed: sum('failed') }
}

const count = (number) => Math.round(number).toLocaleString('en')
const percent = (share) => `${(share * 100).toFixed(1)} %`

/** A row: what was tried, which results tell of it, and what they say. */
const rows = [
  {
    what: 'processes and threads ended in every way',
    from: select(/^survival-/, 'processes'),
    says: ({ of, passed, failed }) =>
      `${count(of('processes'))} processes in ${count(passed + failed)} tests`,
  },
  {
    what: 'starts and stops of the samplers under a storm of signals',
    from: select(/^survival-/, 'cycles'),
    says: ({ of }) => count(of('cycles')),
  },
  {
    what: 'child processes started by a process that is sampled at 10 kHz',
    from: select(/^survival-/, 'spawns'),
    says: ({ of }) => `${count(of('spawns'))}, all ended well`,
  },
  {
    what: 'faults of the intake and of the network',
    from: select(/^agent-uploader-/, 'faults'),
    says: ({ of }) => `${of('faults')} kinds; the next upload arrived after ${of('recovered')} of them`,
  },
  {
    what: "the system's clock is set to another hour, to 1970 and to 2106, and runs fast and slow",
    from: select(/^survival-clocks/, 'clocks'),
    says: ({ of }) =>
      `${count(of('clocks'))} clocks, ${count(of('clockUploads'))} uploads, each as long as its time was`,
  },
  {
    what: 'a network that delays, cuts and stalls connections',
    from: select(/^survival-lossy/, 'lossyUploads'),
    says: ({ of }) =>
      `${count(of('lossyUploads'))} uploads over ${count(of('lossyConnections'))} connections: ${count(of('lossyArrived'))} arrived, the others on disk`,
  },
  {
    what: 'workers that run out of memory under wall and heap profile',
    from: select(/^survival-storm/, 'outOfMemory'),
    says: ({ of }) =>
      `${count(of('outOfMemory'))}, beside ${count(of('stormWorkers') - of('outOfMemory'))} that did not; no process ended by a signal`,
  },
  {
    what: 'SIGKILL of the intake under load',
    from: select(/^intake-/, 'kills'),
    says: ({ of }) =>
      `${count(of('kills'))} kills, ${count(of('acknowledged'))} uploads acknowledged, each found again`,
  },
  {
    what: 'hostile inputs to the intake',
    from: select(/^(intake|hostile|pprof)-/, 'mutated'),
    says: ({ of, most }) =>
      `${count(of('mutated'))} changed at random: no error of the server, no crash${
        most(/^peakMebibytes$/) > 0 ? `, at most ${most(/^peakMebibytes$/)} MiB RSS` : ''
      }`,
  },
  {
    what: 'hostile inputs made by hand',
    from: select(/./, 'handMade'),
    says: ({ of }) => `${count(of('handMade'))}, each refused with its code or read`,
  },
  {
    what: 'random and mutated profiles, native encoder and decoder',
    from: select(/./, 'executions'),
    says: ({ chosen }) =>
      chosen
        .map(([name, { figures }]) => `${name.split('-').at(-1)} ${count(figures.executions)}`)
        .join('; '),
  },
  {
    what: 'signals whose handler was watched for allocations, locks and errno',
    from: select(/^survival-signal-guard/, 'guardedSignals'),
    says: ({ of }) => `${count(of('guardedSignals'))}, nothing found`,
  },
  {
    what: 'allocations of the addon that failed',
    from: select(/^survival-/, 'failedAllocations'),
    says: ({ of }) => `${count(of('failedAllocations'))}; the process lived, the next start was whole`,
  },
  {
    what: 'under ASAN and UBSAN, and under TSAN',
    from: select(/^survival-.*-sanitizer/),
    // Not its tests: Node 20 counts them under the file that defines them.
    says: ({ of }) => `${count(of('processes'))} processes, canaries reported, nothing else`,
  },
  {
    what: 'soak: memory that stays with each cycle',
    from: select(/^survival-soak/),
    says: ({ chosen }) =>
      chosen
        .flatMap(([, { figures }]) =>
          Object.keys(figures)
            .filter((name) => name.endsWith(' cycles'))
            .map((name) => name.slice(0, -' cycles'.length))
            .map(
              (name) =>
                `${name}: ${count(figures[`${name} cycles`])} cycles, ${figures[`${name} MiB per 1,000`].toFixed(2)} MiB per 1,000`,
            ),
        )
        .join('; '),
  },
  {
    what: 'soak of the intake',
    from: select(/^intake-soak/, 'soakUploads'),
    says: ({ of }) =>
      `${count(of('soakUploads'))} uploads in ${count(of('soakSeconds'))} s; RSS ${of('soak MiB per 1,000').toFixed(2)} MiB per 1,000, at most ${of('soak MiB')} MiB`,
  },
  {
    what: 'sums of a profile against clock and kernel',
    from: select(/^accuracy-clock/),
    says: ({ most }) =>
      `wall within ${percent(most(/^wall error/))}, CPU within ${percent(most(/^cpu error/))}`,
  },
  {
    what: 'programs whose shares of CPU, memory and labels are known, in the format of prof-correctness',
    from: select(/^accuracy-scenarios/, 'expectations'),
    says: ({ of, passed, failed }) =>
      `${count(of('expectations'))} expectations of ${passed + failed} programs`,
  },
  {
    what: 'samples with a wrong line; with a wrong span',
    from: select(/^accuracy-(lines|labels)/),
    says: ({ of, most }) =>
      `at most ${percent(most(/^line error/))}; ${of('wrongSpans')} of ${count(of('samplesInSpans'))}`,
  },
]

const cells = rows.map(({ what, from, says }) => {
  if (from.chosen.length === 0) return `| ${what} | not run | |`
  const dates = [...new Set(from.chosen.map(([, { date }]) => date))].sort()
  const failures = from.failed > 0 ? `**${from.failed} tests failed** · ` : ''
  const ran = dates.length === 1 ? dates[0] : `${dates[0]} to ${dates.at(-1)}`
  return `| ${what} | ${failures}${says(from)} | ${ran} |`
})
const machines = [...new Set(results.map(([, { machine }]) => machine))].join('; ')
const table = [
  '| what was tried | what came of it | last run |',
  '| --- | --- | --- |',
  ...cells,
  '',
  `On ${machines}, of the suites' last runs (\`npm run test:survival\`). Load and overhead: [bench/results.md](LINKbench/results.md).`,
].join('\n')

/** Between the two markers of a page. */
function replace(page, link) {
  const path = join(root, page)
  if (!existsSync(path)) throw new Error(`no ${page}`)
  const [begin, end] = ['<!-- survival: made by `npm run report` -->', '<!-- /survival -->']
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no ${begin} and ${end}`)
  const body = table.replace('LINK', link)
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n${body}\n${text.slice(to)}`)
}

replace('README.md', '')
replace('docs/survival.md', '../')
