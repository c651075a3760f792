import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as zlib from 'node:zlib'
import { parse, type Type } from 'protobufjs'
import { readLabelSelector } from '../../src/intake/querier/label-selector'
import { explored, fillShop } from '../explorer/shop'

/** As Grafana's datasource has it: github.com/grafana/pyroscope, api/querier/v1/querier.proto and api/types/v1/types.proto. */
const { root } = parse(`
  syntax = "proto3";
  message LabelPair { string name = 1; string value = 2; }
  message ProfileType { string ID = 1; string name = 2; string sample_type = 4; string sample_unit = 5; string period_type = 6; string period_unit = 7; }
  message Labels { repeated LabelPair labels = 1; }
  message Point { double value = 1; int64 timestamp = 2; }
  message Series { repeated LabelPair labels = 1; repeated Point points = 2; }
  message ProfileTypesRequest { int64 start = 1; int64 end = 2; }
  message ProfileTypesResponse { repeated ProfileType profile_types = 1; }
  message LabelNamesRequest { repeated string matchers = 1; int64 start = 2; int64 end = 3; }
  message LabelNamesResponse { repeated string names = 1; }
  message LabelValuesRequest { string name = 1; repeated string matchers = 2; int64 start = 3; int64 end = 4; }
  message LabelValuesResponse { repeated string names = 1; }
  message SeriesRequest { repeated string matchers = 1; repeated string label_names = 2; int64 start = 3; int64 end = 4; }
  message SeriesResponse { repeated Labels labels_set = 2; }
  message SelectMergeStacktracesRequest { string profile_typeID = 1; string label_selector = 2; int64 start = 3; int64 end = 4; optional int64 max_nodes = 5; }
  message SelectMergeStacktracesResponse { FlameGraph flamegraph = 1; }
  message SelectMergeSpanProfileRequest { string profile_typeID = 1; string label_selector = 2; repeated string span_selector = 3; int64 start = 4; int64 end = 5; optional int64 max_nodes = 6; }
  message SelectMergeSpanProfileResponse { FlameGraph flamegraph = 1; }
  message DiffRequest { SelectMergeStacktracesRequest left = 1; SelectMergeStacktracesRequest right = 2; }
  message DiffResponse { FlameGraphDiff flamegraph = 1; }
  message Level { repeated int64 values = 1; }
  message FlameGraph { repeated string names = 1; repeated Level levels = 2; int64 total = 3; int64 max_self = 4; }
  message FlameGraphDiff { repeated string names = 1; repeated Level levels = 2; int64 total = 3; int64 max_self = 4; int64 leftTicks = 5; int64 rightTicks = 6; }
  message SelectSeriesRequest { string profile_typeID = 1; string label_selector = 2; int64 start = 3; int64 end = 4; repeated string group_by = 5; double step = 6; optional int64 limit = 9; }
  message SelectSeriesResponse { repeated Series series = 1; }
`)

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'
const heap = 'memory:inuse_space:bytes:space:bytes'

interface Box {
  name: string
  x: number
  total: number
  self: number
  level: number
}

/** Boxes at their absolute places, as Grafana reads levels; of a comparison those of one side. */
function boxesOf(
  { names, levels }: { names: string[]; levels: { values: string[] }[] },
  side = 0,
  width = 4,
): Box[] {
  return levels.flatMap(({ values }, level) => {
    let end = 0
    return Array.from({ length: values.length / width }, (_, i) => {
      const at = i * width + 3 * side
      const [delta = 0, total = 0, self = 0] = values.slice(at, at + 3).map(Number)
      const x = end + delta
      end = x + total
      return { name: names[Number(values[i * width + width - 1])] as string, x, total, self, level }
    })
  })
}

/** All names on the way to a box. */
function pathOf(boxes: readonly Box[], box: Box): string {
  const above = boxes.find(
    (one) =>
      one.level === box.level - 1 &&
      one.x <= box.x &&
      box.x + box.total <= one.x + one.total &&
      one.total > 0,
  )
  return above ? `${pathOf(boxes, above)}/${box.name}` : box.name
}

for (const form of ['protobuf', 'JSON'] as const) {
  test(`Grafana's datasource: its calls in ${form}`, async (t) => {
    const { intake, fromMs } = await explored(t, fillShop)
    const times = { start: String(fromMs), end: String(fromMs + 3_600_000) }
    // biome-ignore lint/suspicious/noExplicitAny: each procedure has an answer of its own.
    const call = async (name: string, request: object, status = 200): Promise<any> => {
      const of = (kind: 'Request' | 'Response'): Type => root.lookupType(`${name}${kind}`)
      const body =
        form === 'JSON'
          ? JSON.stringify(request)
          : of('Request').encode(of('Request').fromObject(request)).finish()
      const response = await fetch(`${intake.url}/querier.v1.QuerierService/${name}`, {
        method: 'POST',
        headers: {
          'Content-Type': form === 'JSON' ? 'application/json' : 'application/proto',
          'Connect-Protocol-Version': '1',
          'Accept-Encoding': 'gzip',
          'User-Agent': 'connect-go/1.18.1 (go1.24.1)',
        },
        body: body as unknown as string,
      })
      assert.equal(response.status, status, name)
      if (status !== 200 || form === 'JSON') return response.json()
      assert.equal(response.headers.get('content-type'), 'application/proto')
      const bytes = new Uint8Array(await response.arrayBuffer())
      return of('Response').toObject(of('Response').decode(bytes), { longs: String, arrays: true })
    }

    const { profileTypes } = await call('ProfileTypes', times)
    const ids = profileTypes.map(({ ID }: { ID: string }) => ID)
    assert.ok([cpu, heap, 'wall:wall:nanoseconds:cpu:nanoseconds'].every((id) => ids.includes(id)))
    assert.deepEqual(profileTypes[ids.indexOf(cpu)], {
      ...{ ID: cpu, name: 'process_cpu', sampleType: 'cpu', sampleUnit: 'nanoseconds' },
      ...{ periodType: 'cpu', periodUnit: 'nanoseconds' },
    })

    const { names } = await call('LabelNames', { ...times, matchers: ['{}'] })
    assert.ok(['service_name', 'version', 'runtime_id'].every((name) => names.includes(name)))
    const values = (name: string, selector: string) =>
      call('LabelValues', { ...times, name, matchers: [selector] })
    assert.deepEqual((await values('version', '{service_name="shop"}')).names, ['1', '2'])
    assert.deepEqual((await values('runtime_id', '{version=~"2|3"}')).names, ['r2'])
    const { labelsSet } = await call('Series', {
      ...times,
      matchers: ['{service_name="shop"}'],
      labelNames: ['service_name', 'version'],
    })
    assert.deepEqual(
      labelsSet.map(({ labels }: { labels: { value: string }[] }) => labels.map(({ value }) => value)).sort(),
      [
        ['shop', '1'],
        ['shop', '2'],
      ],
    )

    const selected = { ...times, profileTypeID: cpu, labelSelector: '{service_name="shop"}' }
    const { series } = await call('SelectSeries', { ...selected, groupBy: ['version'], step: 60 })
    assert.deepEqual(
      series.map(({ labels, points }: { labels: object[]; points: { value: number }[] }) => [
        labels,
        points.reduce((sum, { value }) => sum + value, 0),
      ]),
      [
        [[{ name: 'version', value: '2' }], 5.36e9],
        [[{ name: 'version', value: '1' }], 2.96e9],
      ],
    )
    const { points } = (await call('SelectSeries', { ...selected, groupBy: [], step: 15 })).series[0]
    assert.equal(Number(points[1].timestamp) - Number(points[0].timestamp), 60_000)

    const { flamegraph } = await call('SelectMergeStacktraces', { ...selected, maxNodes: '16384' })
    const boxes = boxesOf(flamegraph)
    const found = new Map(boxes.map((box) => [pathOf(boxes, box), [box.total, box.self]]))
    assert.deepEqual(found.get('total'), [8.32e9, 0])
    assert.deepEqual(found.get('total/emit/handle/parse'), [4e9, 4e9])
    assert.deepEqual(found.get('total/(garbage collector)'), [0.32e9, 0.32e9])
    assert.deepEqual([Number(flamegraph.total), Number(flamegraph.maxSelf)], [8.32e9, 4e9])
    const cut = await call('SelectMergeStacktraces', { ...selected, maxNodes: '3' })
    assert.ok(boxesOf(cut.flamegraph).some(({ name }) => name === 'other'))

    const span = await call('SelectMergeSpanProfile', { ...selected, spanSelector: ['0000000000001000'] })
    assert.equal(Number(span.flamegraph.total), 2.4e9)

    const side = (version: string) => ({ ...selected, labelSelector: `{version="${version}"}` })
    const diff = (await call('Diff', { left: side('1'), right: side('2') })).flamegraph
    assert.deepEqual([diff.leftTicks, diff.rightTicks].map(Number), [2.96e9, 5.36e9])
    for (const [which, total] of [0.8e9, 3.2e9].entries()) {
      const of = boxesOf(diff, which, 7)
      assert.equal(of.find((box) => pathOf(of, box) === 'total/emit/handle/parse')?.total, total)
    }

    const refused = await call('SelectMergeStacktraces', { ...selected, profileTypeID: 'x:y:z::' }, 400)
    assert.match(refused.message, /^query_invalid: The query is not valid: profileTypeID is "x:y:z::"/)
    assert.equal(refused.code, 'invalid_argument')
    const selector = { ...selected, labelSelector: '{version=~"[0-9]"}' }
    assert.match((await call('SelectSeries', selector, 400)).message, /regular expression/)
  })
}

interface Rendered {
  flamebearer: { numTicks: number; levels: number[][] }
  metadata: { units: string }
  timeline: { samples: number[]; durationDelta: number }
}

test('GET /pyroscope/render: a flame graph and a time line as JSON', async (t) => {
  const { intake, fromMs } = await explored(t, fillShop)
  const ask = (params: Record<string, string>) =>
    fetch(`${intake.url}/pyroscope/render?${new URLSearchParams(params)}`)
  const times = { from: String(fromMs), until: String(fromMs + 3_600_000) }
  const response = await ask({ query: `${cpu}{service_name="shop",version!="2"}`, ...times })
  const { flamebearer, metadata, timeline } = (await response.json()) as Rendered
  assert.equal(flamebearer.numTicks, 2.96e9)
  assert.deepEqual(flamebearer.levels[0], [0, 2.96e9, 0, 0])
  assert.equal(metadata.units, 'samples')
  assert.equal(
    timeline.samples.reduce((sum: number, one: number) => sum + one, 0),
    2.96e9,
  )
  assert.equal(timeline.durationDelta, 60)
  assert.equal((await ask({ query: '{}' })).status, 400)
  assert.equal((await ask({ query: cpu, from: 'yesterday' })).status, 400)
  const now = await ask({ query: `${heap}{}`, from: 'now-2h', until: 'now' })
  assert.equal(((await now.json()) as Rendered).metadata.units, 'bytes')
})

test('an encoded question is inflated where it keeps nobody else waiting', async (t) => {
  const { intake, fromMs } = await explored(t, fillShop)
  const times = JSON.stringify({ start: String(fromMs), end: String(fromMs + 3_600_000) })
  const ask = (encoding: string, body: Uint8Array) =>
    fetch(`${intake.url}/querier.v1.QuerierService/ProfileTypes`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': encoding },
      body,
    })
  assert.equal((await ask('gzip', zlib.gzipSync(times))).status, 200)
  // Keeps a decoder that is not Node's own busy until it is stopped.
  const endless = ask('zstd', Buffer.from('28b52ffd00584d000000ffffff5423003401', 'hex'))
  const ends: string[] = []
  const question = endless.then(() => ends.push('question'))
  if (!('zstdDecompressSync' in zlib)) {
    // Once for it to be there, once beside it.
    for (const _ of 'ab') await fetch(`${intake.url}/healthz`).then(() => ends.push('health'))
    assert.deepEqual(ends, ['health', 'health'])
  }
  await question
  const refused = await endless
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /content_encoding_corrupt/)
})

test('label selectors become queries of ours, and what would mean something else is refused', () => {
  const read = (text: string) => readLabelSelector(text, ['service', 'runtime-id', 'version'])
  const cases: Record<string, string> = {
    '{}': '',
    '': '',
    '{service_name="shop"}': 'service:shop',
    '{ service_name = "my shop", runtime_id!="a" , }': '"service:my shop" -runtime-id:a',
    '{version=~"1\\\\.2\\\\..*|2.+"}': 'version:1.2.* version:2*',
    '{version!~"(a|b)"}': '-version:a -version:b',
    '{__profile_type__="x", version="\\"1\\""}': '"version:\\"1\\""',
  }
  for (const [selector, q] of Object.entries(cases)) assert.equal(read(selector), q, selector)
  for (const selector of [
    '{a}',
    '{a="b"',
    '{a="*"}',
    '{a=~"[b]"}',
    '{a=~"b?"}',
    '{a="1",a="2"}',
    '{a="b" c="d"}',
  ]) {
    assert.throws(() => read(selector), { code: 'query_invalid' }, selector)
  }
})
