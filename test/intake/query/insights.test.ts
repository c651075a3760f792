import assert from 'node:assert/strict'
import { test } from 'node:test'
import { insights } from '../../../src/intake/query/insights'
import type { InsightRule } from '../../../src/pprof/answers'
import { type MadeSample, type MadeUpload, makeUpload, ticks } from '../profiles'
import { base, range, sourcesFor } from './sources'

type Context = Parameters<typeof sourcesFor>[0]

const main = { 'thread name': 'Main Event Loop' }
const at = (ms: number, more: MadeSample['labels'] = {}) => ({
  ...main,
  end_timestamp_ns: (BigInt(base) + BigInt(ms)) * 1_000_000n,
  ...more,
})
/** One sample of 10 ms after the other. */
const run = (stack: string[], fromMs: number, count: number, labels: MadeSample['labels'] = {}) =>
  Array.from({ length: count }, (_, i) => ticks(stack, 1, at(fromMs + 10 * (i + 1), labels)))
const work = (count: number, labels: MadeSample['labels'] = main) => ticks(['work@/app/x.js'], count, labels)

/** A minute of wall profile; a process that has been up for a while. */
const profile = (wall: MadeSample[], more: Partial<MadeUpload> = {}): MadeUpload => ({
  startMs: base,
  wall,
  ...more,
  tags: { profile_seq: '3', ...more.tags },
})

async function found(t: Context, uploads: MadeUpload[], rule: InsightRule) {
  const sources = await sourcesFor(t)
  await sources.add(uploads.map(makeUpload))
  const all = await insights(sources, range)
  for (const { figure } of all.insights) assert.ok(figure.value > figure.bound)
  return all.insights.filter((one) => one.rule === rule)
}

const heap = (sizes: number[], name: string, periodAt = (_: number) => 2 ** 19): MadeUpload[] =>
  sizes.map((size, i) => ({
    heapPeriod: periodAt(i),
    startMs: base + i * 60_000,
    tags: { profile_seq: String(i + 1) },
    heap: [
      { stack: [`push@`, `${name}@/app/log.js`], values: [1, size, 1, size] },
      { stack: ['steady@/app/x.js'], values: [1, 2 ** 24, 1, 2 ** 24] },
    ],
  }))

const versions = (older: number, newer: number): MadeUpload[] =>
  [older, newer].map((count, i) =>
    profile([work(count, { ...main, 'trace endpoint': 'GET /cart' })], {
      startMs: base + i * 120_000,
      tags: { version: i === 0 ? '1.9' : '1.10', 'runtime-id': `r${i}` },
      endpointCounts: { 'GET /cart': 100 },
    }),
  )

const gc = ['(garbage collector)']
const regExp = 'RegExp: ^(a+)+$'
const spans = { ...main, 'span id': 7n }
const deep = Array.from({ length: 255 }, (_, i) => `f${i}@/app/deep.js`)
const mb = 2 ** 20

/** Of each rule what it speaks of, with words of its text and of its link, and what is just not enough. */
const cases: Record<InsightRule, { yes: MadeUpload[]; no: MadeUpload[]; says: RegExp; link: RegExp }> = {
  'gc-share': {
    yes: [profile([ticks(gc, 700), work(900)])],
    no: [profile([ticks(gc, 500), work(900)])],
    says: /takes 12 % of the time of shop/,
    link: /^\/explore\?q=service:shop&.*value=wall&function=\(garbage collector\)$/,
  },
  'gc-pause': {
    yes: [profile([...run(gc, 0, 12), ...run(['work@/app/x.js'], 120, 5)])],
    no: [profile([...run(gc, 0, 6), ...run(gc, 200, 6)])],
    says: /held shop for about 120 ms/,
    link: /function=\(garbage collector\)$/,
  },
  'loop-held': {
    yes: [profile([...run(['parse@/app/p.js', 'handle@/app/x.js'], 0, 15, { 'span id': 5n })])],
    no: [
      profile([
        ...run(['parse@/app/p.js'], 0, 8, { 'span id': 5n }),
        ...run(['parse@/app/p.js'], 80, 8, { 'span id': 6n }),
        ...run(['(idle)'], 160, 20),
        ...run(['parse@/app/p.js'], 400, 20, { 'thread name': 'Worker #1 Event Loop' }),
        ...run(gc, 1_000, 20),
      ]),
    ],
    says: /^parse held the event loop of shop for about 150 ms; it was the only stretch over 100 ms, 100 %/,
    link: /value=wall&function=parse$/,
  },
  'sync-calls': {
    yes: [profile([ticks(['open@', 'readFileSync@node:fs', 'work@/app/x.js'], 5, main), work(195)])],
    no: [
      profile([
        ticks(['readFileSync@node:fs'], 2, main),
        work(198),
        ticks(['deflateSync@node:zlib'], 50, { 'thread name': 'Worker #1 Event Loop' }),
      ]),
      profile([ticks(['readFileSync@node:fs'], 90, main)], { tags: { profile_seq: '0' } }),
    ],
    says: /for 2\.5 % of the time, most of them readFileSync/,
    link: /function=readFileSync$/,
  },
  json: {
    yes: [
      profile([ticks(['f@/app/node_modules/fast-json-stringify/index.js', 'work@/app/x.js'], 10), work(90)]),
    ],
    no: [profile([ticks(['f@/app/node_modules/fast-json-stringify/index.js'], 4), work(96)])],
    says: /JSON takes 10 % of the CPU time of shop, most of it in f\./,
    link: /value=cpu&function=f$/,
  },
  'regular-expression': {
    yes: [profile([ticks([regExp, 'work@/app/x.js'], 10), work(90)])],
    no: [profile([ticks([regExp], 4), ticks(['RegExp: b'], 4), work(92)])],
    says: /takes 10 % of the CPU time of shop: \^\(a\+\)\+\$/,
    link: /function=RegExp: /,
  },
  'module-loading': {
    yes: [profile([ticks(['compile@', 'require@node:internal/modules/cjs/loader'], 5, main), work(95)])],
    no: [
      profile([ticks(['require@node:internal/modules/cjs/loader'], 1, main), work(99)]),
      profile([ticks(['require@node:internal/modules/cjs/loader'], 50, main)], {
        tags: { profile_seq: '0' },
      }),
    ],
    says: /still loads modules after its start: 5\.0 %/,
    link: /function=require$/,
  },
  'endpoint-share': {
    yes: [profile([work(60, { 'trace endpoint': 'GET /a' }), work(40)])],
    no: [profile([work(40, { 'trace endpoint': 'GET /a' }), work(60)])],
    says: /^GET \/a alone takes 60 % of the CPU time of shop/,
    link: /endpoint=GET \/a$/,
  },
  'request-cost': {
    yes: versions(200, 400),
    no: versions(200, 240),
    says: /GET \/cart costs 32 ms of CPU in version 1\.10 of shop, 100 % more than in 1\.9 \(16 ms\)/,
    link: /^\/compare\?.*a\.q=service:shop version:1\.9&b\.q=service:shop version:1\.10$/,
  },
  'heap-growth': {
    yes: heap(
      [1, 3, 2.5, 5, 7, 9].map((size) => size * mb),
      'remember',
    ),
    no: heap(
      [1, 9, 2, 8, 3, 9].map((size) => size * mb),
      'remember',
    ),
    says: /What remember allocates stays alive: 1\.0 MiB became 9\.0 MiB in 5 min/,
    link: /^\/functions\?.*value=inuse_space&fn=remember&file=\/app\/log\.js$/,
  },
  'cut-stacks': {
    yes: [profile([ticks(deep, 1), ...Array.from({ length: 50 }, (_, i) => ticks([`g${i}@/app/x.js`], 1))])],
    no: [profile([ticks(deep.slice(1), 1), work(1)])],
    says: /^2\.0 % of the samples of shop have a stack that is too deep/,
    link: /find=truncated$/,
  },
  'no-span': {
    yes: [profile([work(30), work(70, spans), ticks(gc, 500, main)])],
    no: [profile([work(10), work(90, spans)]), profile([work(500)], { tags: { 'runtime-id': 'r2' } })],
    says: /^30 % of the CPU time of JavaScript on the main thread of shop is in no span/,
    link: /endpoint=$/,
  },
}

for (const [rule, { yes, no, says, link }] of Object.entries(cases) as [
  InsightRule,
  (typeof cases)['json'],
][]) {
  test(`the rule ${rule} speaks of what is too much, and of nothing else`, async (t) => {
    const [insight, ...others] = await found(t, yes, rule)
    assert.ok(insight)
    assert.deepEqual(others, [])
    assert.equal(insight.service, 'shop')
    assert.match(insight.text, says)
    const params = Object.entries(insight.link.params).map(([name, value]) => `${name}=${value}`)
    assert.match(`${insight.link.path}?${params.join('&')}`, link)
    assert.deepEqual(await found(t, no, rule), [])
  })
}

test('a heap sampler that starts anew begins at nothing, which is no growth; what grows after it is', async (t) => {
  const widerFrom = (start: number) => (i: number) => (i < start ? 2 ** 19 : 2 ** 21)
  const megabytes = [1, 1, 1, 2, 3, 4, 5, 6, 7, 8].map((size) => size * mb)
  const grown = (uploads: MadeUpload[]) => found(t, uploads, 'heap-growth')
  assert.deepEqual(await grown(heap(megabytes, 'refill', widerFrom(6))), [])
  const [insight] = await grown(heap(megabytes, 'remember', widerFrom(2)))
  assert.match(insight?.text ?? '', /^What remember allocates stays alive: 1\.0 MiB became 8\.0 MiB/)
})

test('a function without a name is told by its place', async (t) => {
  const [insight] = await found(
    t,
    heap(
      [1, 2, 3, 4, 5, 6].map((size) => size * mb),
      '(anonymous)',
    ),
    'heap-growth',
  )
  assert.match(insight?.text ?? '', /^What \(anonymous\) at log\.js:\d+ allocates stays alive/)
})

test('insights keep to the selection, tell what was read, and are sorted', async (t) => {
  const sources = await sourcesFor(t, { insightProfiles: 2 })
  const of = (service: string, n: number) =>
    profile([ticks([regExp], n), work(100 - n)], { tags: { service, 'runtime-id': service } })
  await sources.add(
    [of('a', 10), of('b', 60), of('c', 0), ...Array.from({ length: 5 }, () => of('a', 10))].map(makeUpload),
  )
  const all = await insights(sources, range)
  assert.deepEqual(
    all.insights.map(({ rule, service, severity }) => [rule, service, severity]),
    [
      ['regular-expression', 'b', 'high'],
      ['regular-expression', 'a', 'high'],
    ],
  )
  assert.deepEqual([all.services, all.otherServices, all.rawProfiles], [3, 0, 3])
  const some = await insights(sources, { ...range, q: '-service:b' })
  assert.deepEqual(
    some.insights.map(({ service, link }) => [service, link.params.q]),
    [['a', 'service:a -service:b']],
  )
  assert.deepEqual((await insights(sources, { ...range, q: 'service:nobody' })).insights, [])
})
