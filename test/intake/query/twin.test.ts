import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProfileUpload } from '../../../src/intake/model'
import { callGraph } from '../../../src/intake/query/call-graph'
import { exportProfile } from '../../../src/intake/query/export-profile'
import { flameGraph } from '../../../src/intake/query/flame-graph'
import { topFunctions } from '../../../src/intake/query/top-functions'
import type { AggregateParams, FlameGraph, SampleFilter } from '../../../src/intake/query/types'
import { decodeProfile } from '../../../src/pprof/decode'
import { type MadeSample, makeUpload, ticks } from '../profiles'
import { base, range, sourcesFor } from './sources'

/** A profile in words: what the truth is computed from. */
interface Told {
  tags: Record<string, string>
  startMs: number
  samples: MadeSample[]
}

let state = 42
const random = (below: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
  return (state >>> 8) % below
}
const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T

function tell(): Told[] {
  const profiles: Told[] = []
  for (const runtime of ['r1', 'r2', 'r3']) {
    const tags = { 'runtime-id': runtime, version: runtime === 'r3' ? '2' : '1', env: pick(['prod', 'test']) }
    for (let minute = 0; minute < 4; minute++) {
      const samples = Array.from({ length: 40 }, () => {
        const stack = Array.from({ length: 1 + random(6) }, () =>
          pick(['a', 'b', 'c', 'd', 'e']).concat('@/app/x.js'),
        )
        const labels: Record<string, string | bigint> = {}
        if (random(3) > 0) labels['trace endpoint'] = pick(['GET /a', 'GET /b'])
        labels['thread name'] = pick(['main', 'worker'])
        if (random(2) > 0) labels.tenant = pick(['x', 'y'])
        return ticks(stack, 1 + random(5), labels)
      })
      profiles.push({ tags, startMs: base + minute * 60_000, samples })
    }
  }
  return profiles
}

const toUpload = ({ tags, startMs, samples }: Told): ProfileUpload =>
  makeUpload({ tags, startMs, wall: samples, endpointCounts: { 'GET /a': 10, 'GET /b': 5 } })

/** The filter, on words. */
function takes(
  { tags }: Told,
  { labels = {}, stack }: MadeSample,
  filter: SampleFilter,
  version?: string,
): boolean {
  if (version !== undefined && tags.version !== version) return false
  const { endpoint, thread, function: name } = filter
  if (endpoint !== undefined && (labels['trace endpoint'] ?? '') !== endpoint) return false
  if (thread !== undefined && labels['thread name'] !== thread) return false
  if (name !== undefined && !stack.some((frame) => frame.startsWith(`${name}@`))) return false
  return Object.entries(filter.labels ?? {}).every(([key, value]) => labels[key] === value)
}

/** Totals by path from the root, `a;b;c`, of one value. */
function pathsOf(
  told: readonly Told[],
  filter: SampleFilter,
  version?: string,
  column = 1,
): Map<string, number> {
  const paths = new Map<string, number>()
  for (const profile of told) {
    for (const sample of profile.samples) {
      if (!takes(profile, sample, filter, version)) continue
      const names = sample.stack.map((frame) => frame.split('@')[0] as string).reverse()
      for (let depth = 0; depth <= names.length; depth++) {
        const path = names.slice(0, depth).join(';')
        paths.set(path, (paths.get(path) ?? 0) + (sample.values[column] as number))
      }
    }
  }
  return paths
}

function pathsOfGraph({ nodes, frames }: FlameGraph, totals = nodes.total): Map<string, number> {
  const paths: string[] = []
  const sums = new Map<string, number>()
  nodes.parent.forEach((parent, node) => {
    const name = frames[nodes.frame[node] as number]?.name ?? ''
    const above = parent < 0 ? '' : (paths[parent] as string)
    paths.push(above === '' ? name : `${above};${name}`)
    assert.ok(parent < node)
    if (totals[node] !== 0) sums.set(paths[node] as string, totals[node] as number)
  })
  return sums
}

const sorted = (paths: Map<string, number>) => [...paths].filter(([, value]) => value !== 0).sort()

const filters: Record<string, SampleFilter> = {
  none: {},
  endpoint: { endpoint: 'GET /a' },
  'no endpoint': { endpoint: '' },
  function: { function: 'c' },
  'endpoint and function': { endpoint: 'GET /b', function: 'd' },
  thread: { thread: 'worker' },
  label: { labels: { tenant: 'x' } },
  'label, thread, endpoint, function': {
    labels: { tenant: 'y' },
    thread: 'main',
    endpoint: 'GET /a',
    function: 'a',
  },
}

for (const [name, filter] of Object.entries(filters)) {
  test(`flame graph, top and callers are those of the words: ${name}`, async (t) => {
    const told = tell()
    const sources = await sourcesFor(t)
    await sources.add(told.map(toUpload))
    const params: AggregateParams = { ...range, filter }
    const graph = await flameGraph(sources, { ...params, groupBy: ['version'] })
    assert.deepEqual(sorted(pathsOfGraph(graph)), sorted(pathsOf(told, filter)))
    for (const { by, totals } of graph.groups) {
      assert.deepEqual(sorted(pathsOfGraph(graph, totals)), sorted(pathsOf(told, filter, by[0])), by[0])
    }
    const cpu = await flameGraph(sources, { ...params, value: 'cpu', q: 'version:2' })
    assert.deepEqual(sorted(pathsOfGraph(cpu)), sorted(pathsOf(told, filter, '2', 2)))

    const top = await topFunctions(sources, params)
    const expected = functionsOf(told, filter)
    assert.equal(top.functions.length, expected.size)
    for (const { frame, self, total } of top.functions)
      assert.deepEqual([self, total], expected.get(frame.name), frame.name)

    const graphOfB = await callGraph(sources, { ...params, name: 'b' })
    const neighbours = neighboursOf(told, filter, 'b')
    const named = (edges: typeof graphOfB.callers) =>
      new Map(edges.map(({ frame, total }) => [frame.name, total]))
    assert.deepEqual(sorted(named(graphOfB.callers)), sorted(neighbours.callers))
    assert.deepEqual(sorted(named(graphOfB.callees)), sorted(neighbours.callees))
    assert.deepEqual([graphOfB.self, graphOfB.total], expected.get('b') ?? [0, 0])

    const exported = decodeProfile(await exportProfile(sources, params))
    assert.deepEqual(
      exported.sampleTypes.map(({ type }) => type),
      ['samples', 'wall', 'cpu'],
    )
    let wall = 0n
    for (let i = 0; i < exported.samples.count; i++) wall += exported.samples.values[i * 3 + 1] as bigint
    assert.equal(Number(wall), pathsOf(told, filter).get('') ?? 0)
  })
}

function functionsOf(
  told: readonly Told[],
  filter: SampleFilter,
): Map<string, [self: number, total: number]> {
  const sums = new Map<string, [number, number]>()
  for (const profile of told) {
    for (const sample of profile.samples) {
      if (!takes(profile, sample, filter)) continue
      const names = sample.stack.map((frame) => frame.split('@')[0] as string)
      const value = sample.values[1] as number
      for (const name of new Set(names)) {
        const [self, total] = sums.get(name) ?? [0, 0]
        sums.set(name, [self + (names[0] === name ? value : 0), total + value])
      }
    }
  }
  return sums
}

function neighboursOf(told: readonly Told[], filter: SampleFilter, asked: string) {
  const callers = new Map<string, number>()
  const callees = new Map<string, number>()
  for (const profile of told) {
    for (const sample of profile.samples) {
      if (!takes(profile, sample, filter)) continue
      const names = sample.stack.map((frame) => frame.split('@')[0] as string)
      const at = [...names.keys()].filter((i) => names[i] === asked)
      const [above, below] = [new Set<string>(), new Set<string>()]
      for (const i of at) {
        if (names[i + 1] !== undefined) above.add(names[i + 1] as string)
        if (names[i - 1] !== undefined) below.add(names[i - 1] as string)
      }
      for (const name of above) callers.set(name, (callers.get(name) ?? 0) + (sample.values[1] as number))
      for (const name of below) callees.set(name, (callees.get(name) ?? 0) + (sample.values[1] as number))
    }
  }
  return { callers, callees }
}

test('cut to few nodes, every parent still adds up, and what is cut is told', async (t) => {
  const told = tell()
  const sources = await sourcesFor(t)
  await sources.add(told.map(toUpload))
  const graph = await flameGraph(sources, { ...range, maxNodes: 20, groupBy: ['version'] })
  const { parent, self, total, frame } = graph.nodes
  assert.ok(graph.cutNodes > 100 && parent.length > 20 && parent.length <= 40)
  for (const totals of [total, ...graph.groups.map((group) => group.totals)]) {
    const sums = totals.map(() => 0)
    totals.forEach((value, node) => {
      if (node > 0) sums[parent[node] as number] = (sums[parent[node] as number] as number) + value
    })
    totals.forEach((value, node) => {
      if (totals === total)
        assert.equal(sums[node], value - (frame[node] === -2 ? value : (self[node] as number)))
      else assert.ok((sums[node] as number) <= value)
    })
  }
})

test('per second and per request, whole and by group', async (t) => {
  const told = tell()
  const sources = await sourcesFor(t)
  await sources.add(told.map(toUpload))
  const whole = pathsOf(told, {}).get('') as number
  const perSecond = await flameGraph(sources, { ...range, per: 'second', groupBy: ['version'] })
  assert.equal(perSecond.total, whole * (1 / 720))
  for (const { by, total } of perSecond.groups) {
    assert.equal(total, (pathsOf(told, {}, by[0]).get('') as number) * (1 / (by[0] === '2' ? 240 : 480)))
  }
  const perRequest = await topFunctions(sources, { ...range, per: 'request', filter: { endpoint: 'GET /b' } })
  assert.equal(perRequest.measure.requests, 60)
  assert.equal(perRequest.total, (pathsOf(told, { endpoint: 'GET /b' }).get('') as number) * (1 / 60))
  const byEndpoint = await topFunctions(sources, { ...range, per: 'request', groupBy: ['endpoint'] })
  for (const { by, total } of byEndpoint.groups) {
    const requests = { 'GET /a': 120, 'GET /b': 60 }[by[0] as string]
    const expected = pathsOf(told, { endpoint: by[0] as string }).get('') as number
    assert.equal(total, requests === undefined ? 0 : expected * (1 / requests))
  }
})

test('groups by thread and label come from the raw profiles', async (t) => {
  const told = tell()
  const sources = await sourcesFor(t)
  await sources.add(told.map(toUpload))
  const graph = await flameGraph(sources, { ...range, groupBy: ['thread', 'label:tenant'] })
  assert.equal(graph.measure.source, 'blobs')
  for (const { by, total } of graph.groups) {
    const [thread = '', tenant = ''] = by
    const labels: Record<string, string> = tenant === '' ? {} : { tenant }
    let expected = pathsOf(told, { thread, labels }).get('') as number
    if (tenant === '') {
      for (const other of ['x', 'y'])
        expected -= pathsOf(told, { thread, labels: { tenant: other } }).get('') as number
    }
    assert.equal(total, expected, by.join())
  }
  assert.equal(graph.groups.length, 6)
})
