import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flameGraph } from '../../../src/intake/query/flame-graph'
import { functionLines } from '../../../src/intake/query/function-lines'
import { functionSpans } from '../../../src/intake/query/function-spans'
import { hotspots } from '../../../src/intake/query/hotspots'
import { spans } from '../../../src/intake/query/spans'
import { timeline } from '../../../src/intake/query/timeline'
import type { SampleFilter } from '../../../src/intake/query/types'
import { makeUpload, ticks } from '../profiles'
import { columnSpan } from '../store/columns'
import { base, range, sourcesFor } from './sources'

const start = BigInt(base) * 1_000_000n
const big = 2n ** 64n - 9n
const hex = (id: bigint) => id.toString(16).padStart(16, '0')
const ddLabels = (root: bigint, span: bigint, extra = {}) => ({
  'local root span id': BigInt.asIntN(64, root),
  'span id': BigInt.asIntN(64, span),
  ...extra,
})

/** Trace 1: big > 2 > 3, beside them 4, all of one process; trace 5: the same endpoint, ten times as long. */
async function shop(t: Parameters<typeof sourcesFor>[0]) {
  const sources = await sourcesFor(t)
  const span = (spanId: bigint, parentId: bigint, durationNanos: bigint, traceIdLow = 1n) =>
    columnSpan({
      spanId,
      parentId,
      durationNanos,
      traceIdLow,
      startNanos: start,
      kind: parentId === 0n ? 'server' : 'internal',
    })
  await sources.add(
    [
      makeUpload({
        startMs: base,
        wall: [
          ticks(['own@/app/x.js'], 1, ddLabels(big, big)),
          ticks(['lib@/app/node_modules/y/y.js', 'own@/app/x.js'], 2, ddLabels(big, 2n)),
          ticks(['read@node:fs', 'own@/app/x.js'], 4, ddLabels(big, 3n)),
          ticks(['(garbage collector)', 'own@/app/x.js'], 8, ddLabels(big, 4n)),
          ticks(['own@/app/x.js'], 16, ddLabels(5n, 5n)),
          ticks(['other@/app/z.js'], 32),
        ],
      }),
      makeUpload({ startMs: base, wall: [ticks(['other@/app/z.js'], 64)], tags: { 'runtime-id': 'r2' } }),
    ],
    [
      span(big, 0n, 500_000_000n),
      span(2n, big, 100_000_000n),
      span(3n, 2n, 50_000_000n),
      span(4n, big, 90_000_000n),
      span(5n, 0n, 5_000_000_000n, 6n),
    ],
  )
  return sources
}

test('hotspots of a span with and without what is below it', async (t) => {
  const sources = await shop(t)
  const inside = async (params: object) => {
    const { samples, cpuNanos, durationNanos, notOnCpuNanos, profiles } = await hotspots(sources, {
      ...range,
      ...params,
    })
    assert.equal(notOnCpuNanos, durationNanos - cpuNanos)
    return [cpuNanos / 8_000_000, durationNanos / 1e6, samples, profiles]
  }
  assert.deepEqual(await inside({ spanId: hex(2n) }), [6, 100, 2, 1])
  assert.deepEqual(await inside({ spanId: hex(2n), scope: 'span' }), [2, 100, 1, 1])
  assert.deepEqual(await inside({ spanId: hex(big) }), [15, 500, 4, 1])
  assert.deepEqual(await inside({ traceId: hex(1n).padStart(32, '0') }), [15, 500, 4, 1])
  assert.deepEqual(await inside({ spanId: hex(99n) }), [0, 0, 0, 0])
})

test('hotspots are split by where code comes from', async (t) => {
  const sources = await shop(t)
  const { origins, functions } = await hotspots(sources, { ...range, traceId: hex(1n) })
  const cpu = Object.entries(origins).map(([origin, { cpuNanos }]) => [origin, cpuNanos / 8_000_000])
  assert.deepEqual(Object.fromEntries(cpu), { own: 1, library: 2, runtime: 4, gc: 8, native: 0, idle: 0 })
  const [gc] = functions
  assert.deepEqual([gc?.frame.name, gc?.selfCpuNanos], ['(garbage collector)', 64_000_000])
  const own = functions.find(({ frame }) => frame.name === 'own')
  assert.deepEqual([own?.selfWallNanos, own?.totalWallNanos], [10_000_000, 150_000_000])
})

test('hotspots of the slow and of the fast requests of an endpoint', async (t) => {
  const sources = await shop(t)
  const endpoint = (fromFraction: number, toFraction: number) => ({
    q: 'service:shop',
    name: 'GET /a',
    fromFraction,
    toFraction,
  })
  const slow = await hotspots(sources, { ...range, endpoint: endpoint(0.9, 1) })
  assert.deepEqual([slow.spans.length, slow.cpuNanos], [1, 16 * 8_000_000])
  const fast = await hotspots(sources, { ...range, endpoint: endpoint(0, 0.5) })
  assert.deepEqual([fast.spans.length, fast.cpuNanos], [1, 15 * 8_000_000])
  const all = await hotspots(sources, { ...range, endpoint: endpoint(0, 1) })
  assert.equal(all.cpuNanos, 31 * 8_000_000)
})

test('a flame graph of spans or a trace, also where no span was received', async (t) => {
  const sources = await shop(t)
  const total = async (filter: object) =>
    (await flameGraph(sources, { ...range, value: 'samples', filter })).total
  assert.equal(await total({ spanIds: [hex(2n)] }), 6)
  assert.equal(await total({ spanIds: [hex(3n), hex(4n)] }), 12)
  assert.equal(await total({ traceId: hex(1n) }), 15)
  assert.equal(await total({ traceId: hex(77n) }), 0)
  await sources.add([
    makeUpload({
      startMs: base,
      tags: { 'runtime-id': 'r3' },
      wall: [
        ticks(['a@x.js'], 3, { span_id: '00000000000000aa', trace_id: '000000000000000b00000000000000bb' }),
        ticks(['b@x.js'], 5, ddLabels(0xccn, 0xddn)),
      ],
    }),
  ])
  assert.equal(await total({ spanIds: ['00000000000000aa'] }), 3)
  assert.equal(await total({ traceId: '000000000000000b00000000000000bb' }), 3)
  assert.equal(await total({ spanIds: ['00000000000000cc'] }), 5)
  await assert.rejects(total({ spanIds: ['x'] }), { code: 'query_invalid' })
})

test('a span in its four scopes: with its children, alone, what its process ran meanwhile, and the whole profile', async (t) => {
  const sources = await sourcesFor(t)
  const at = (ms: number) => ({ end_timestamp_ns: start + BigInt(ms) * 1_000_000n })
  const span = (spanId: bigint, parentId: bigint) =>
    columnSpan({
      ...{ spanId, parentId, traceIdLow: 1n, kind: 'server', service: 'shop' },
      ...{ startNanos: start + 100_000_000n, durationNanos: 100_000_000n },
    })
  await sources.add(
    [
      makeUpload({
        startMs: base,
        wall: [
          ticks(['own@/app/x.js:17'], 1, ddLabels(1n, 1n, at(110))),
          ticks(['child@/app/x.js'], 2, ddLabels(1n, 2n, at(120))),
          ticks(['other@/app/x.js'], 4, at(150)),
          ticks(['before@/app/x.js'], 8, at(50)),
          ticks(['timeless@/app/x.js'], 16),
        ],
      }),
      makeUpload({
        startMs: base,
        wall: [ticks(['stranger@/app/x.js'], 32, at(150))],
        tags: { 'runtime-id': 'r2' },
      }),
    ],
    [span(1n, 0n), span(2n, 1n)],
  )
  const scopes = { subtree: 3, span: 1, time: 7, whole: 31 } as const
  for (const [spanScope, wanted] of Object.entries(scopes) as [keyof typeof scopes, number][]) {
    const filter = { spanIds: [hex(1n)], spanScope }
    const graph = await flameGraph(sources, { ...range, value: 'samples', filter })
    assert.equal(graph.total, wanted, spanScope)
    const { cpuNanos } = await hotspots(sources, { ...range, spanId: hex(1n), scope: spanScope })
    assert.equal(cpuNanos, wanted * 8_000_000, spanScope)
  }
  const { lines } = await hotspots(sources, { ...range, spanId: hex(1n), scope: 'span' })
  assert.deepEqual(
    lines.map(({ frame, line, selfWallNanos }) => [frame.name, line, selfWallNanos]),
    [['own', 17, 10_000_000]],
  )
  const traceId = hex(1n)
  await assert.rejects(hotspots(sources, { ...range, traceId, scope: 'time' }), { code: 'query_invalid' })
  await assert.rejects(hotspots(sources, { ...range, spanId: hex(1n), scope: 'x' as 'span' }), {
    code: 'query_invalid',
  })
})

test('from a function to the requests that ran it, the longest in it first', async (t) => {
  const sources = await shop(t)
  const found = await functionSpans(sources, { ...range, name: 'own', file: '/app/x.js' })
  assert.deepEqual(
    found.spans.map(({ span, wallNanos, samples }) => [span.spanId, wallNanos, samples]),
    [
      [hex(5n), 160_000_000, 1],
      [hex(big), 150_000_000, 4],
    ],
  )
  assert.equal(found.otherNanos, 0)
  const other = await functionSpans(sources, { ...range, name: 'other' })
  assert.deepEqual([other.spans, other.otherNanos], [[], 960_000_000])
})

test('spans by kind, and the longest first', async (t) => {
  const sources = await shop(t)
  const of = async (params: object) =>
    (await spans(sources, { ...range, ...params })).map(({ spanId }) => spanId)
  assert.deepEqual(await of({ kinds: ['server'], orderBy: 'duration' }), [hex(5n), hex(big)])
  assert.deepEqual(await of({ kinds: ['internal'], orderBy: 'duration', limit: 2 }), [hex(2n), hex(4n)])
  await assert.rejects(of({ kinds: ["server' OR true --"] }), { code: 'query_invalid' })
  await assert.rejects(of({ orderBy: 'name' }), { code: 'query_invalid' })
})

test('lines of a function', async (t) => {
  const sources = await sourcesFor(t)
  await sources.add([
    makeUpload({
      startMs: base,
      wall: [
        ticks(['f@/app/x.js:11', 'main@/app/x.js:5'], 1),
        ticks(['g@/app/x.js:30', 'f@/app/x.js:12', 'f@/app/x.js:11'], 2),
        ticks(['f@/app/x.js:12', 'f@/app/x.js:12'], 4),
        ticks(['f@/app/other.js:11'], 8),
      ],
    }),
  ])
  const { lines, file } = await functionLines(sources, {
    ...range,
    value: 'samples',
    name: 'f',
    file: '/app/x.js',
  })
  assert.equal(file, '/app/x.js')
  assert.deepEqual(lines, [
    { line: 11, self: 1, total: 3 },
    { line: 12, self: 4, total: 6 },
  ])
  const withG = await functionLines(sources, {
    ...{ ...range, value: 'samples', name: 'f', file: '/app/x.js' },
    filter: { function: 'g' },
  })
  assert.deepEqual(withG.lines, [
    { line: 11, self: 0, total: 2 },
    { line: 12, self: 0, total: 2 },
  ])
})

test('a timeline has each sample on its thread at its time, with spans and events', async (t) => {
  const sources = await sourcesFor(t)
  const at = (ms: number, thread = 'main') => ({
    end_timestamp_ns: start + BigInt(ms) * 1_000_000n,
    'thread name': thread,
    'thread id': '1',
  })
  await sources.add(
    [
      makeUpload({
        startMs: base,
        wall: [
          ticks(['b@x.js', 'a@x.js'], 1, { ...at(30), 'span id': 5n }),
          ticks(['a@x.js'], 1, at(20)),
          ticks(['a@x.js'], 1, at(25, 'worker')),
          ticks(['a@x.js'], 1, at(5_000)),
          ticks(['a@x.js'], 1),
        ],
      }),
      makeUpload({ startMs: base, wall: [ticks(['z@x.js'], 1, at(20))], tags: { 'runtime-id': 'r2' } }),
    ],
    [columnSpan({ spanId: 5n, startNanos: start + 10_000_000n })],
  )
  const line = await timeline(sources, { runtimeId: 'r1', fromMs: base, toMs: base + 1_000 })
  const shown = line.threads.map(({ name, endMs, wallMs, cpuMs, stack, spanId }) => ({
    ...{ name, endMs, wallMs, cpuMs, spanId },
    stacks: stack.map((id) => line.stacks[id]?.map((frame) => line.frames[frame]?.name).join('<')),
  }))
  assert.deepEqual(shown, [
    {
      name: 'main',
      endMs: [20, 30],
      wallMs: [10, 10],
      cpuMs: [8, 8],
      spanId: ['', hex(5n)],
      stacks: ['a', 'b<a'],
    },
    { name: 'worker', endMs: [25], wallMs: [10], cpuMs: [8], spanId: [''], stacks: ['a'] },
  ])
  assert.deepEqual(
    line.spans.map(({ spanId, startMs }) => [spanId, startMs - base]),
    [[hex(5n), 10]],
  )
  await assert.rejects(timeline(sources, { ...range, runtimeId: 'r1' }), { code: 'query_too_large' })

  // With a filter the others stay as times without a stack, threads without any are gone, and spans are those of the requests.
  const part = async (filter: SampleFilter) => {
    const { threads, stacks, frames, spans } = await timeline(sources, {
      ...{ runtimeId: 'r1', fromMs: base, toMs: base + 1_000, filter },
    })
    return {
      spans: spans.length,
      threads: threads.map(({ name, endMs, cpuMs, stack }) => ({
        ...{ name, endMs, cpuMs },
        leaves: stack.map((id) => (id < 0 ? '' : frames[stacks[id]?.[0] as number]?.name)),
      })),
    }
  }
  const onlyB = { name: 'main', endMs: [20, 30], cpuMs: [0, 8], leaves: ['', 'b'] }
  assert.deepEqual(await part({ function: 'b' }), { spans: 1, threads: [onlyB] })
  assert.deepEqual(await part({ traceId: hex(9n) }), { spans: 0, threads: [] })
  assert.deepEqual(await part({ spanIds: [hex(5n)] }), { spans: 1, threads: [onlyB] })
  assert.deepEqual(await part({ thread: 'worker' }), {
    spans: 0,
    threads: [{ name: 'worker', endMs: [25], cpuMs: [8], leaves: ['a'] }],
  })
  assert.deepEqual(await part({ labels: { 'thread name': 'worker' } }), await part({ thread: 'worker' }))

  // A part of that time filters every aggregate; a sample belongs to where it ended.
  const cpu = async (fromMs: number, toMs: number, q = 'runtime-id:r1') =>
    (
      await flameGraph(sources, {
        ...range,
        q,
        value: 'cpu',
        filter: { fromMs: base + fromMs, toMs: base + toMs },
      })
    ).total / 8e6
  assert.deepEqual(
    [await cpu(0, 60_000), await cpu(20, 30), await cpu(19, 20), await cpu(30, 4_999)],
    [4, 2, 1, 0],
  )
  assert.equal(await cpu(0, 25, ''), 3)
  assert.equal(await cpu(3_600_000, 3_700_000), 0)
  await assert.rejects(cpu(20, 10), { code: 'query_invalid' })
})
