/**
 * What the store costs: CPU and disk per upload of a profile as a real Express application makes it, and the time of queries over
 * an hour of ten processes. argv: uploads.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ProfileUpload } from '../../src/intake/model'
import { type ColumnContents, columnContents } from '../../src/intake/store/column-profile'
import { IntakeStore } from '../../src/intake/store/intake-store'
import { decodeProfile } from '../../src/pprof/decode'
import { limitValues } from '../../src/pprof/limits'
import { heapTypes, type MadeSample, makeProfile, wallTypes } from '../../test/intake/profiles'

let state = 1
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return state / 0x7fffffff
}
const pick = (below: number) => Math.floor(random() * below)

/** As measured of @datadog/pprof on Express under load for 60 s: 4,710 samples of 311 stacks, 20 endpoints, ids and a time on each. */
const stacks = Array.from({ length: 311 }, (_, s) =>
  Array.from({ length: 8 + pick(16) }, (_, i) =>
    i < 6
      ? `leaf${pick(300)}@/app/src/f${pick(40)}.js:${10 + pick(90)}`
      : `mid${(s >> Math.floor(i / 4)) % 97}-${i}@/app/node_modules/express/lib/r${i % 12}.js:${10 + (i % 30)}`,
  ),
)
export const endpoints = Array.from({ length: 20 }, (_, i) => `GET /api/things/${i}/:id`)

export function wallProfile(startMs: number): Buffer {
  const roots = Array.from({ length: 1_000 }, () => BigInt(Math.floor(random() * 2 ** 52)) * 1_024n)
  const samples: MadeSample[] = Array.from({ length: 4_710 }, (_, i) => {
    const s = Math.floor(stacks.length * random() ** 3)
    const end = BigInt(startMs) * 1_000_000n + BigInt(i) * 12_738_853n + BigInt(pick(999_999))
    const root = roots[Math.floor(i / 5)] as bigint
    const wall = 10_000_000 + pick(900_000)
    return {
      stack: stacks[s] as string[],
      values: [1, wall, Math.floor(wall * random())],
      labels: {
        end_timestamp_ns: end,
        'thread name': 'Main Event Loop',
        'thread id': '0',
        ...(i % 3 && {
          'trace endpoint': endpoints[(s * 7 + (i % 8 === 0 ? 1 : 0)) % 20] as string,
          'local root span id': root,
          'span id': root + 1n,
        }),
      },
    }
  })
  return makeProfile(wallTypes, samples)
}

export function heapProfile(): Buffer {
  const samples = stacks
    .slice(0, 200)
    .map((stack) => ({ stack, values: [pick(100), pick(1e6), pick(100), pick(1e6)] }))
  return makeProfile(heapTypes, samples)
}

const bytesBelow = (dir: string): number =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )

/** CPU milliseconds of a process so far. */
const cpuMs = (pid: number) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}
const rssMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

async function main(): Promise<void> {
  const uploads = Number(process.argv[2] ?? 600)
  const dir = mkdtempSync(join(tmpdir(), 'acme-store-bench-'))
  const hourMs = 3_600_000
  const base = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs
  // A dozen different ones, told apart by their times and tags: making them costs more than storing them.
  const walls = Array.from({ length: 12 }, (_, i) => wallProfile(base + i * 60_000))
  const heap = heapProfile()
  // With `decoded` as second argument: as if whoever checked them had handed on what it decoded.
  const decoded = process.argv[3] === 'decoded'
  const contents = decoded
    ? [...walls, heap].map((bytes) => columnContents(decodeProfile(gunzipSync(bytes))))
    : undefined
  const store = await IntakeStore.open({ dir, limits: limitValues({ diskFreeBytes: 0 }), log: console.error })
  const make = (n: number): ProfileUpload => ({
    tags: new Map(
      Object.entries({
        service: 'shop',
        env: 'prod',
        version: n % 10 < 5 ? '1' : '2',
        host: `h${n % 10}`,
        'runtime-id': `r${n % 10}`,
        process_id: '1',
        language: 'javascript',
      }),
    ),
    startMs: base + Math.floor(n / 10) * 60_000,
    endMs: base + Math.floor(n / 10) * 60_000 + 60_000,
    profiles: [
      {
        name: 'wall.pprof',
        bytes: walls[n % 12] as Buffer,
        ...(contents && { contents: contents[n % 12] as ColumnContents }),
      },
      { name: 'space.pprof', bytes: heap, ...(contents && { contents: contents[12] as ColumnContents }) },
    ],
    endpointCounts: Object.fromEntries(endpoints.map((name) => [name, 30])),
    event: Buffer.from('{}'),
  })
  const pid = store.pid as number
  const before = { own: process.cpuUsage(), store: cpuMs(pid) }
  const started = performance.now()
  const acks: number[] = []
  for (let n = 0; n < uploads; n += 4) {
    const from = performance.now()
    await Promise.all([0, 1, 2, 3].map((i) => store.profiles(make(n + i))))
    acks.push(performance.now() - from)
    // As under a load that it can follow: never much behind.
    if (n % 40 === 36) await store.settle()
  }
  const acknowledgedMs = acks.reduce((sum, ms) => sum + ms, 0)
  await store.settle()
  const settledMs = performance.now() - started
  const own = process.cpuUsage(before.own)
  const size = (walls.reduce((sum, { length }) => sum + length, 0) / 12 + heap.length) / 1024
  acks.sort((a, b) => a - b)
  const row = (what: string, value: number, unit: string) =>
    console.log(`${what.padEnd(72)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`)
  row('one upload, wall + heap, gzip', size, 'KB')
  row('acknowledged', (uploads / acknowledgedMs) * 1_000, '/s')
  row('acknowledged, p99 of 4 at once', acks[Math.floor(acks.length * 0.99)] as number, 'ms')
  row('in the columns', (uploads / settledMs) * 1_000, '/s')
  row('CPU per upload, receiving process (log)', (own.user + own.system) / 1_000 / uploads, 'ms')
  row("CPU per upload, store's process", (cpuMs(pid) - before.store) / uploads, 'ms')
  row("memory of the store's process", rssMb(pid), 'MB')
  const range = { q: 'service:shop', fromMs: base, toMs: base + hourMs }
  const query = async (what: string, ask: () => Promise<Uint8Array>) => {
    const times: number[] = []
    const before = cpuMs(pid)
    let bytes = 0
    for (let i = 0; i < 5; i++) {
      const from = performance.now()
      bytes = (await ask()).length
      times.push(performance.now() - from)
    }
    row(
      `${what} (first ${(times[0] as number).toFixed(0)} ms, CPU ${((cpuMs(pid) - before) / 5).toFixed(0)} ms, ${(bytes / 1024).toFixed(0)} KB)`,
      times.sort((a, b) => a - b)[2] as number,
      'ms',
    )
  }
  const all = async (suffix: string) => {
    await query(`flame graph, ${uploads} profiles${suffix}`, () => store.queryJson('flameGraph', range))
    await query(`flame graph of one endpoint${suffix}`, () =>
      store.queryJson('flameGraph', { ...range, filter: { endpoint: endpoints[3] } }),
    )
    await query(`diff of two versions${suffix}`, () =>
      store.queryJson('compare', {
        a: { ...range, q: 'version:1' },
        b: { ...range, q: 'version:2' },
        per: 'second',
      }),
    )
    await query(`top functions by version${suffix}`, () =>
      store.queryJson('topFunctions', { ...range, fromMs: base - hourMs, groupBy: ['version'] }),
    )
  }
  await all('')
  await store.maintain(Date.now())
  await all(', rolled up')
  const [listed] = await store.query('profiles', { ...range, kind: 'wall', limit: 1 })
  await query('flame graph of one raw profile', () =>
    store.queryJson('flameGraph', { ...range, filter: { profileIds: [listed?.id as string] } }),
  )
  await query('timeline of one minute', () =>
    store.queryJson('timeline', { runtimeId: 'r1', fromMs: base, toMs: base + 60_000 }),
  )
  await store.close()
  const columns = statSync(join(dir, 'columns.duckdb')).size
  row('disk per upload, columns', columns / 1024 / uploads, 'KB')
  row('disk per upload, raw', bytesBelow(join(dir, 'segments')) / 1024 / uploads, 'KB')
  if (process.env.KEEP) console.log(dir)
  else rmSync(dir, { recursive: true })
}

if (require.main === module) main()
