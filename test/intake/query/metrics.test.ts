import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flameGraph } from '../../../src/intake/query/flame-graph'
import { metrics } from '../../../src/intake/query/metrics'
import { listProfiles, pin, rawProfile } from '../../../src/intake/query/profiles'
import type { QueryName } from '../../../src/intake/query/queries'
import { runQuery } from '../../../src/intake/query/run'
import { topFunctions } from '../../../src/intake/query/top-functions'
import { makeUpload, ticks } from '../profiles'
import { base, range, sourcesFor } from './sources'

const hourMs = 3_600_000

test('a function and an endpoint over hours and versions, with and without roll-ups', async (t) => {
  const sources = await sourcesFor(t)
  const wall = (n: number) => [
    ticks(['f@x.js', 'g@x.js'], n, { 'trace endpoint': 'GET /a' }),
    ticks(['g@x.js', 'f@x.js', 'g@x.js'], 2 * n),
    ticks(['h@x.js'], 100),
  ]
  await sources.add([
    makeUpload({ startMs: base, wall: wall(1), endpointCounts: { 'GET /a': 4 } }),
    makeUpload({ startMs: base + 60_000, wall: wall(2), endpointCounts: { 'GET /a': 4 } }),
    makeUpload({
      startMs: base + 2 * hourMs,
      wall: wall(10),
      tags: { version: '2' },
      endpointCounts: { 'GET /a': 8 },
    }),
  ])
  const params = {
    q: 'service:shop',
    fromMs: base,
    toMs: base + 3 * hourMs,
    stepMs: hourMs,
    value: 'samples',
    groupBy: ['version'],
  }
  for (const rolled of [false, true]) {
    if (rolled)
      for (const hour of await sources.profiles.dueHours(base + 10 * hourMs))
        await sources.profiles.rollUp(hour)
    const f = await metrics(sources, { ...params, function: { name: 'f' } })
    assert.deepEqual(
      f.groups.sort((a, b) => (a.by[0] as string).localeCompare(b.by[0] as string)),
      [
        { by: ['1'], self: [3, null, null], total: [9, null, null] },
        { by: ['2'], self: [null, null, 10], total: [null, null, 30] },
      ],
    )
    const endpoint = await metrics(sources, { ...params, groupBy: [], endpoint: 'GET /a', per: 'request' })
    assert.deepEqual(endpoint.groups[0]?.total, [3 / 8, null, 10 / 8])
    const second = await metrics(sources, { ...params, groupBy: ['endpoint'], per: 'second' })
    const none = second.groups.find(({ by }) => by[0] === '')
    assert.deepEqual(
      none?.total.map((value) => value && Math.round(value * 6_000)),
      [Math.round((206 / 120) * 6_000), null, Math.round((120 / 60) * 6_000)],
    )
  }
})

test('raw profiles are given back as received, and pinned', async (t) => {
  const sources = await sourcesFor(t)
  const upload = makeUpload({ startMs: base, wall: [ticks(['a@x.js'], 1)] })
  await sources.add([upload])
  const [listed] = await listProfiles(sources, range)
  const id = listed?.id as string
  const bytes = Buffer.from(upload.profiles[0]?.bytes as Uint8Array)
  assert.deepEqual(Buffer.from(await rawProfile(sources, { id })), bytes)
  await pin(sources, { id })
  await pin(sources, { id })
  const [pinned] = await listProfiles(sources, range)
  assert.equal(pinned?.pinned, true)
  await sources.profiles.forgetSegments(['segments/0.seg'])
  assert.deepEqual(Buffer.from(await rawProfile(sources, { id })), bytes)
  await assert.rejects(rawProfile(sources, { id: 'f'.repeat(32) }), { code: 'not_found' })
})

const wrong: [QueryName, unknown][] = [
  ['flameGraph', undefined],
  ['flameGraph', {}],
  ['flameGraph', { ...range, toMs: base }],
  ['flameGraph', { ...range, fromMs: 'x' }],
  ['flameGraph', { ...range, q: 'shop' }],
  ['flameGraph', { ...range, value: 'none' }],
  ['flameGraph', { ...range, groupBy: ['a', 'b', 'c', 'd'] }],
  ['flameGraph', { ...range, maxNodes: 0 }],
  ['topFunctions', { ...range, orderBy: 'x' }],
  ['callGraph', { ...range }],
  ['hotspots', { ...range }],
  ['hotspots', { ...range, spanId: 'x' }],
  ['spans', { ...range, traceId: 'x' }],
  ['timeline', { ...range }],
  ['compare', { a: range }],
  ['metrics', { ...range, stepMs: 1 }],
  ['tagValues', { ...range }],
  ['profiles', { ...range, limit: 1e9 }],
  ['profiles', { ...range, offset: -1 }],
  ['profiles', { ...range, offset: 1e20 }],
  ['constructor' as QueryName, {}],
]
for (const [name, params] of wrong) {
  test(`refuses ${name} ${JSON.stringify(params)}`, async (t) => {
    await assert.rejects(runQuery(await sourcesFor(t), name, params), { code: 'query_invalid' })
  })
}

test('of many groups the largest are told, and all count in the whole', async (t) => {
  const sources = await sourcesFor(t)
  const uploads = Array.from({ length: 40 }, (_, n) =>
    makeUpload({ startMs: base, tags: { host: `h${n}` }, wall: [ticks(['a@x.js'], n + 1)] }),
  )
  await sources.add(uploads)
  const graph = await flameGraph(sources, { ...range, value: 'samples', groupBy: ['host'] })
  assert.deepEqual([graph.groups.length, graph.cutGroups, graph.total], [32, 8, 820])
  assert.deepEqual([graph.groups[0]?.by, graph.groups[0]?.totals], [['h39'], [40, 40]])
  const top = await topFunctions(sources, { ...range, value: 'samples', groupBy: ['host'] })
  assert.deepEqual(
    [top.groups.length, top.functions[0]?.self, top.functions[0]?.groups[39]?.self],
    [40, 820, 1],
  )
})
