// How long does the store take to answer, over an hour of one service in ten processes: 600 profiles of wall and of heap? Median of
// five; the first is in the note. `rolled up`: after maintenance, when whole hours come from the roll-ups.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IntakeStore } from '../../src/intake/store/intake-store.ts'
import { limitValues } from '../../src/pprof/limits.ts'
import { endpoints, MadeUploads } from '../lib/made-uploads.ts'
import { cpuMs, rssMegabytes } from '../lib/process-cost.ts'
import { median } from '../lib/stats.ts'

const uploads = 600
const hourMs = 3_600_000

export async function ask() {
  const dir = mkdtempSync(join(tmpdir(), 'acme-queries-bench-'))
  const baseMs = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs
  const made = new MadeUploads(baseMs)
  const store = await IntakeStore.open({ dir, limits: limitValues({ diskFreeBytes: 0 }), log: console.error })
  const rows = []
  try {
    const own = process.cpuUsage()
    const before = cpuMs(store.pid)
    await made.fill(store, uploads)
    await store.spans([made.spans()])
    await store.settle()
    const { user, system } = process.cpuUsage(own)
    const ms = (total) => `${(total / uploads).toFixed(2)} ms`
    rows.push(
      {
        what: 'CPU per upload in the store: log',
        ours: ms((user + system) / 1_000),
        note: `${made.kilobytes.toFixed(0)} KB each`,
      },
      { what: 'CPU per upload in the store: columns', ours: ms(cpuMs(store.pid) - before) },
    )
    rows.push(...(await askAll(store, baseMs, '', made)))
    await store.maintain(Date.now())
    rows.push(...(await askAll(store, baseMs, ', rolled up')))
    rows.push({ what: "RSS of the store's process", ours: `${rssMegabytes(store.pid).toFixed(0)} MB` })
    await store.close()
    const kilobytes = (bytes) => `${(bytes / 1_000 / uploads).toFixed(1)} KB`
    rows.push(
      {
        what: 'disk per upload, columns',
        target: '<= 25 KB',
        ours: kilobytes(statSync(join(dir, 'columns.duckdb')).size),
      },
      {
        what: 'disk per upload, raw',
        ours: kilobytes(bytesBelow(join(dir, 'log')) + bytesBelow(join(dir, 'segments'))),
      },
    )
    return rows
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function askAll(store, baseMs, suffix, made) {
  const range = { q: 'service:shop', fromMs: baseMs, toMs: baseMs + hourMs }
  const version = (name) => ({ ...range, q: `service:shop version:${name}` })
  const timed = async (what, target, query, params) => {
    const times = []
    let bytes = 0
    for (let n = 0; n < 5; n++) {
      const from = performance.now()
      bytes = (await store.queryJson(query, params)).length
      times.push(performance.now() - from)
    }
    const note = `first ${times[0].toFixed(0)} ms, ${(bytes / 1_000).toFixed(0)} KB`
    return { what: `${what}${suffix}`, target, ours: `${median(times).toFixed(0)} ms`, note }
  }
  const rows = [
    await timed('flame graph', '<= 100 ms', 'flameGraph', range),
    await timed('flame graph of one endpoint', '<= 60 ms', 'flameGraph', {
      ...range,
      filter: { endpoint: endpoints[3] },
    }),
    await timed('diff of two versions', '<= 150 ms', 'compare', {
      a: version('1'),
      b: version('2'),
      per: 'second',
    }),
    await timed('top functions by version', '<= 20 ms', 'topFunctions', { ...range, groupBy: ['version'] }),
  ]
  if (made === undefined) return rows
  const [, , , { spanId }] = made.spans().spans
  const span = spanId.toString(16).padStart(16, '0')
  const minute = { fromMs: baseMs, toMs: baseMs + 60_000 }
  return [
    ...rows,
    await timed('hotspots of one span', '<= 60 ms', 'hotspots', { ...minute, spanId: span }),
    await timed('timeline of one minute', undefined, 'timeline', { ...minute, runtimeId: 'r1' }),
  ]
}

const bytesBelow = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
