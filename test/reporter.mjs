// Reporter for node:test: one line for each file when it ends, every failure in full, then what was skipped and why.
// The counts are written after every test, so that they are there even if the run is killed.
// Only `test:complete` is read: `test:pass` and `test:fail` come in the order of the files, long after the fact.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { inspect } from 'node:util'
import { figuresIn, keepResult } from './results.mjs'

const ownTotals = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /
const indent = (text) => text.trimEnd().replace(/^/gm, '    ')

// A file or a suite fails with its tests, and those are counted; it counts where it broke outside of them.
const isCounted = ({ details }, isGroup) =>
  isGroup
    ? !details.passed && details.error?.failureType !== 'subtestsFailed'
    : details.error?.failureType !== 'subtestsFailed'

const summary = (path, { passed, failed, skipped, seconds }) =>
  `${path}  ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}  ${seconds} s`

const shown = (numbers) =>
  Object.entries(numbers)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')

export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const files = new Map()
  const skips = []
  // Files that have ended. Node holds the tests of a file back until all files before it have ended, but not the
  // end of the file itself: so a file is told of once another one speaks, and a broken one at the very end.
  let ended = []
  const failedFiles = []
  const fileOf = (path) => {
    if (!files.has(path)) files.set(path, { passed: 0, failed: 0, skipped: 0, output: '', figures: {} })
    return files.get(path)
  }
  const count = (file, what) => {
    counts[what] += 1
    file[what] += 1
    if (process.env.COUNTS_FILE) writeFileSync(process.env.COUNTS_FILE, JSON.stringify(counts))
  }

  for await (const { type, data } of events) {
    const path = data.entryFile ?? data.file
    const shortPath = path && relative(process.cwd(), path)
    const file = fileOf(path)
    const ready = ended.filter(([name, { passed, skipped }]) => name !== shortPath && passed + skipped > 0)
    ended = ended.filter((one) => !ready.includes(one))
    for (const one of ready) yield `ok     ${summary(...one)}\n`
    if (type === 'test:stdout' || type === 'test:stderr') file.output += data.message
    if (type === 'test:stdout') {
      for (const numbers of figuresIn(data.message)) {
        yield `note   ${shortPath}: ${shown(numbers)}\n`
        for (const [name, number] of Object.entries(numbers))
          file.figures[name] = (file.figures[name] ?? 0) + number
      }
    }
    // Figures that a test wants seen, and which test an error belongs to that came after its end.
    if (type === 'test:diagnostic' && !ownTotals.test(data.message)) yield `note   ${data.message}\n`
    if (type !== 'test:complete') continue

    const isFile = data.nesting === 0 && data.name === data.file
    const error = data.details.error
    const unfinished = data.skip ?? data.todo
    if (!isCounted(data, isFile || data.details.type === 'suite')) {
      // Counted already, through its tests.
    } else if (unfinished !== undefined) {
      count(file, 'skipped')
      skips.push(
        `skipped ${shortPath}: ${data.name}${typeof unfinished === 'string' ? `: ${unfinished}` : ''}`,
      )
    } else if (data.details.passed) {
      count(file, 'passed')
    } else {
      count(file, 'failed')
      yield isFile
        ? `FAILED ${shortPath}: broke outside of its tests (${error?.failureType}, exit code ${error?.exitCode ?? error?.signal})\n`
        : `FAILED ${shortPath}: ${data.name}\n${indent(inspect(error?.cause ?? error, { depth: 4 }))}\n`
    }
    if (!isFile) continue
    // Node 20 counts a test under the file that defines it, which may be one that this file imports.
    if (!data.details.passed && file.failed === 0) file.failed = 1
    file.seconds = (data.details.duration_ms / 1000).toFixed(1)
    ;(data.details.passed ? ended : failedFiles).push([shortPath, file])
  }
  for (const one of ended) yield `ok     ${summary(...one)}\n`
  for (const [shortPath, file] of failedFiles) {
    yield `FAILED ${summary(shortPath, file)}\n`
    if (file.output) yield `  what it printed:\n${indent(file.output)}\n`
  }
  for (const line of skips) yield `${line}\n`
  if (!process.env.KEEP_RESULTS) return
  for (const [path, { passed, failed, skipped, seconds, figures }] of files) {
    if (seconds === undefined || (failed === 0 && Object.keys(figures).length === 0)) continue
    keepResult({
      file: relative(process.cwd(), path),
      passed,
      failed,
      skipped,
      seconds: Number(seconds),
      figures,
    })
  }
}
