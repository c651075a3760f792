import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../../src/intake/query/compare'
import { chanceOf } from '../../../src/pprof/chance'
import { makeUpload, ticks } from '../profiles'
import { base, range, sourcesFor } from './sources'

test('two versions per second: changes by function and one tree over both', async (t) => {
  const sources = await sourcesFor(t)
  const samples = (hot: number) => [
    ticks(['hot@x.js', 'main@x.js'], hot),
    ticks(['same@x.js', 'main@x.js'], 100),
  ]
  await sources.add([
    makeUpload({ startMs: base, wall: [...samples(100), ticks(['old@x.js'], 10)] }),
    // Twice the time, so that the same per second is twice the samples.
    makeUpload({
      startMs: base,
      wall: [...samples(400), ticks(['same@x.js', 'main@x.js'], 100)],
      tags: { version: '2' },
      durationMs: 120_000,
    }),
  ])
  const [a, b] = ['version:1', 'version:2'].map((q) => ({ ...range, q })) as [typeof range, typeof range]
  const result = await compare(sources, { a, b, per: 'second', value: 'wall' })
  const perSecond = (count: number, seconds: number) => Math.round((count * 10_000_000) / seconds)
  const functions = new Map(result.functions.map((one) => [one.frame.name, one]))
  const [first] = result.functions
  assert.equal(first?.frame.name, 'hot')
  assert.deepEqual(
    [first?.aSelf, first?.bSelf].map((v) => Math.round(v ?? 0)),
    [perSecond(100, 60), perSecond(400, 120)],
  )
  assert.deepEqual([first?.aSamples, first?.bSamples], [100, 400])
  assert.ok((first?.chance ?? 1) < 1e-6)
  const same = functions.get('same')
  assert.equal(Math.round(same?.aTotal ?? 0), Math.round(same?.bTotal ?? 1))
  assert.ok((same?.chance ?? 0) > 0.9)
  assert.deepEqual([functions.get('old')?.bTotal, functions.get('old')?.bSamples], [0, 0])
  const { nodes, frames } = result
  const named = nodes.frame.map((id, i) => [
    frames[id]?.name ?? '',
    Math.round(nodes.aTotal[i] ?? 0),
    Math.round(nodes.bTotal[i] ?? 0),
  ])
  assert.deepEqual(named[0], ['', perSecond(210, 60), perSecond(600, 120)])
  assert.ok(
    named.some(
      ([name, one, two]) => name === 'hot' && one === perSecond(100, 60) && two === perSecond(400, 120),
    ),
  )
  assert.equal(named.length, 5)
})

test('the chance of a difference is that of a binomial, and small samples prove nothing', () => {
  // Twin: by counting all outcomes that are as far out on that side, doubled.
  const twin = (a: number, b: number, p: number) => {
    const n = a + b
    const probability = (k: number) => {
      let value = p ** k * (1 - p) ** (n - k)
      for (let i = 0; i < k; i++) value *= (n - i) / (i + 1)
      return value
    }
    let low = 0
    let high = 0
    for (let k = 0; k <= n; k++) {
      if (k <= a) low += probability(k)
      if (k >= a) high += probability(k)
    }
    return Math.min(1, 2 * Math.min(low, high))
  }
  for (const [a, b, x, y] of [
    [3, 9, 1, 1],
    [0, 4, 1, 1],
    [10, 10, 1, 2],
    [30, 5, 3, 1],
    [7, 0, 1, 5],
  ] as const) {
    const [mine, other] = [chanceOf(a, b, x, y), twin(a, b, x / (x + y))]
    assert.ok(Math.abs(mine - other) < 1e-9, `${a} ${b}: ${mine} ${other}`)
  }
  assert.equal(chanceOf(0, 0, 1, 1), 1)
  assert.equal(chanceOf(5, 5, 0, 1), 1)
  // 10,000 against 10,300 is 2.1 standard deviations.
  assert.ok(Math.abs(chanceOf(10_000, 10_300, 1, 1) - 0.0357) < 0.0005)
  const [justExact, justNormal] = [chanceOf(470, 530, 1, 1), chanceOf(471, 530, 1, 1)]
  assert.ok(Math.abs(justExact - justNormal) < 0.01)
})
