#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { diff } from './cli/diff'
import { exportPprof } from './cli/export'
import { flame } from './cli/flame'
import { hotspots } from './cli/hotspots'
import { ls } from './cli/ls'
import { Refusal, warn } from './cli/refusal'
import { topFiles } from './cli/top-files'
import { topQuery } from './cli/top-query'

const usage = `Usage: acme-profiler <command>
  top <file.pprof|directory>  what profiles on disk say
    --type <name>   what to sum: cpu, wall, sample, inuse_space, alloc_space, ...
    --by <what>     function (default), line, endpoint, or label <key>
    A directory is the sum of all profiles of one kind below it.

Of an intake, where a selector is like 'service:shop env:prod version:1.2* -host:a':
  ls [selector]               services, or the profiles of a selection
  top <selector>              functions by what they cost
  flame <selector> --out <f>  a flame graph as one HTML file
  diff <A> <B>                two selections as a Markdown table; exit code 1 where a bound is passed
    --fail-on <bound>         like 'cpu +5%'; may be repeated
  export <selector> --out <f> an aggregate as a pprof; with --id <id> one profile as received
    --format <name>           pprof, collapsed, speedscope, dot or markdown
  hotspots <trace or span id> where the time inside the spans went
    --url <url>               the intake; ACME_INTAKE_URL, else http://127.0.0.1:8126; ACME_INTAKE_KEY is its key
    --from, --to <time>       a date, or an age like 30m, 2h, 7d; the last hour
    --value <name>            cpu (default), wall, samples, inuse_space, alloc_space, ...; --kind <name> of profile
    --per <what>              total, second or request
    --endpoint, --thread, --function, --trace <which>

  --limit <n>       rows (default 20)
  --json            as JSON`

/** Runs one command. @returns its lines, and its exit code */
async function run(argv: readonly string[]): Promise<{ lines: string[]; code: number }> {
  const [command, ...args] = argv
  if (argv.some((arg) => arg === '--help' || arg === '-h')) return { lines: [usage], code: 0 }
  switch (command) {
    case 'ls':
      return { lines: await ls(args), code: 0 }
    case 'top':
      return { lines: isOnDisk(args) ? topFiles(args) : await topQuery(args), code: 0 }
    case 'flame':
      return { lines: await flame(args), code: 0 }
    case 'diff': {
      const { lines, failed } = await diff(args)
      return { lines, code: failed ? 1 : 0 }
    }
    case 'export':
      return { lines: await exportPprof(args), code: 0 }
    case 'hotspots':
      return { lines: await hotspots(args), code: 0 }
    default:
      throw new Refusal('expected one of ls, top, flame, diff, export, hotspots (--help shows them)')
  }
}

/** A selector has a colon and is no file; all other options than these are of an intake. */
function isOnDisk(args: readonly string[]): boolean {
  return args.every((arg) =>
    arg.startsWith('--') ? /^--(type|by|limit|json)\b/.test(arg) : !arg.includes(':') || existsSync(arg),
  )
}

// `acme-profiler top x | head` closes the pipe early.
process.stdout.on('error', () => process.exit())
run(process.argv.slice(2)).then(
  ({ lines, code }) => {
    process.stdout.write(`${lines.join('\n')}\n`)
    process.exitCode = code
  },
  (error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    warn(error.message)
    process.exitCode = 2
  },
)
