// Runs lint, builds the addons of all Node lines, runs test/**/*.test.ts, and prints `N passed, N failed` as its last line.
//   node test/run.mjs                 everything but the long suites
//   node test/run.mjs pprof cli       only the tests below test/pprof and test/cli (or one file), no lint
//   node test/run.mjs --long survival the long suites (*.long.ts) below test/survival
//   node test/run.mjs --keep hostile   keeps the figures that these suites print, for `npm run report`
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lint } from './lint.mjs'

const testFolder = dirname(fileURLToPath(import.meta.url))
const root = dirname(testFolder)
const runTimeoutMs = 17 * 60_000
/** Also of a whole file: one of a minute takes three on a machine that has much other work. */
const testTimeoutMs = 6 * 60_000

const args = process.argv.slice(2)
const isLong = args.includes('--long')
const names = args.filter((arg) => !arg.startsWith('--'))
const suffix = isLong ? '.long.ts' : '.test.ts'

const findTests = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(folder, name))
    .sort()

const chosen = (name) => {
  const path = [join(testFolder, name), join(root, name)].find(existsSync)
  if (!path) throw new Error(`no test/${name}`)
  return statSync(path).isDirectory() ? findTests(path) : [path]
}

/** Ends in a report on stdout; resolves to the counts. A run that is too long is killed with all its children. */
const runTests = (files) =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-run-'))
    const countsFile = join(folder, 'counts.json')
    const concurrency = isLong ? 1 : Math.min(2, cpus().length)
    const child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`],
        ...(isLong ? [] : [`--test-timeout=${testTimeoutMs}`]),
        ...[
          `--test-reporter=${join(testFolder, 'reporter.mjs')}`,
          '--test-reporter-destination=stdout',
          ...files,
        ],
      ],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        detached: true,
        env: {
          ...process.env,
          COUNTS_FILE: countsFile,
          ...(args.includes('--keep') ? { KEEP_RESULTS: '1' } : {}),
          // What an agent that is killed leaves there keeps no other run's agents off.
          ACME_PROFILING_SPOOL_DIR: join(folder, 'spool'),
        },
      },
    )
    const killAll = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group is gone already.
      }
    }
    const timer = isLong ? undefined : setTimeout(killAll, runTimeoutMs)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, killAll)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const counts = existsSync(countsFile)
        ? JSON.parse(readFileSync(countsFile, 'utf8'))
        : { passed: 0, failed: 0, skipped: 0 }
      rmSync(folder, { recursive: true })
      if (signal)
        console.log(`FAILED the run was killed (${signal}); the limit is ${runTimeoutMs / 60_000} minutes`)
      if (code !== 0 && counts.failed === 0) counts.failed = 1
      resolve(counts)
    })
  })

// The smoke tests of the other Node lines load these. Cross-compiling is left to `npm run prebuild`.
const prebuild = () => {
  const ok =
    spawnSync(process.execPath, ['native/prebuild.mjs', '--arch=x64'], { cwd: root, stdio: 'inherit' })
      .status === 0
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
}

const started = Date.now()
const isWhole = names.length === 0 && !isLong
const checks = isWhole ? [lint(), prebuild()] : []
const files = names.length === 0 ? findTests(testFolder) : names.flatMap(chosen)
if (files.length === 0) console.log(`no *${suffix} to run`)
const counts = files.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : await runTests(files)
const sum = (what) => [...checks, counts].reduce((total, part) => total + part[what], 0)
const [passed, failed] = [sum('passed'), sum('failed')]
console.log(
  `\n${files.length} files, ${counts.skipped} skipped, ${((Date.now() - started) / 1000).toFixed(0)} s`,
)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
