// Where is the CPU that our profiler adds to a request? Functions of the application's thread by Linux perf, in processes that are started with
// it and without.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiledCode, cpuByFunction, hasPerf } from '../lib/perf.mjs'
import { valuesOf } from '../lib/rows.mjs'
import { loadService } from '../lib/service-load.mjs'
import { sideBySide } from '../lib/side-by-side.mjs'
import { median, sum } from '../lib/stats.ts'

const turnS = 1.5
const shownFunctions = 12
/** The first that matches has the function. */
const parts = {
  'the kernel': /^\[/,
  'compiled JavaScript': new RegExp(`^${compiledCode}$`),
  "V8's builtins": / Builtins_/,
  'memory and strings of libc': /^libc\.so/,
  "V8's samplers and our addon": /Profil|TickSample|StackFrameIterator|StringsStorage|DebugNameCStr|acme/,
  'garbage collection': /Scaveng|Ephemeron|Mark|Sweep|Evacuat|Weak|GlobalHandles|OnMoveEvent/,
  'the rest of Node and V8': / /,
}

export async function ask({ full, node }) {
  if (!hasPerf()) return [{ what: 'CPU by function', note: 'not asked: needs Linux perf' }]
  const dir = mkdtempSync(join(tmpdir(), 'acme-perf-bench-'))
  const size = full ? { copies: 3, rounds: 4, warmUpS: 5 } : { copies: 2, rounds: 2, warmUpS: 4 }
  try {
    const turns = await sideBySide(['tracing', 'ours'], { node, ...size }, async (url, pid) => {
      let requests
      const micros = await cpuByFunction(pid, join(dir, 'perf.data'), async () => {
        requests = await loadService(url, '/page/7', { duration: turnS })
      })
      return new Map([...micros].map(([name, total]) => [name, total / requests.requests.total]))
    })
    const all = Object.fromEntries(Object.entries(turns).map(([name, of]) => [name, of.flat()]))
    const row = (what, of, more) => ({ what, unit: 'us', digits: 2, ...valuesOf(all, of), ...more })
    return [
      row('CPU of a request by perf, application thread', (micros) => sum([...micros.values()]), {
        note: `${size.copies} processes of each side by side, ${size.rounds} turns of ${turnS} s. ${largest(all)}`,
      }),
      ...Object.keys(parts).map((part) =>
        row(`of it: ${part}`, (micros) =>
          sum([...micros].filter(([name]) => partOf(name) === part).map(([, value]) => value)),
        ),
      ),
    ]
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const partOf = (name) => Object.keys(parts).find((part) => parts[part].test(name))

/** The functions in which ours takes most more. */
function largest({ tracing, ours }) {
  const names = new Set([...tracing, ...ours].flatMap((micros) => [...micros.keys()]))
  const middle = (all, name) => median(all.map((micros) => micros.get(name) ?? 0))
  return [...names]
    .map((name) => [name, middle(ours, name) - middle(tracing, name)])
    .sort((a, b) => b[1] - a[1])
    .slice(0, shownFunctions)
    .map(([name, more]) => `${name.replace(/^node |v8::internal::/g, '')} +${more.toFixed(2)}`)
    .join(', ')
}
