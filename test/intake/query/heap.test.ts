import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../../src/intake/query/compare'
import { exportProfile } from '../../../src/intake/query/export-profile'
import { flameGraph } from '../../../src/intake/query/flame-graph'
import { metrics } from '../../../src/intake/query/metrics'
import { listProfiles } from '../../../src/intake/query/profiles'
import { topFunctions } from '../../../src/intake/query/top-functions'
import { decodeProfile } from '../../../src/pprof/decode'
import { makeProfile, makeUpload } from '../profiles'
import { base, range, sourcesFor } from './sources'

const heap = (live: number, allocated: number) => [{ stack: ['keep@x.js'], values: [1, live, 2, allocated] }]
const params = { ...range, kind: 'heap' }

test('single profiles are averaged over their own time', async (t) => {
  const sources = await sourcesFor(t)
  await sources.add([
    makeUpload({ startMs: base, heap: heap(1_000, 10) }),
    makeUpload({ startMs: base + 60_000, heap: heap(3_000, 20) }),
  ])
  const [newer, older] = await listProfiles(sources, params)
  const of = async (...profileIds: string[]) => {
    const { total, measure } = await flameGraph(sources, {
      ...{ ...params, value: 'inuse_space', filter: { profileIds } },
    })
    return [total, measure.profiles, measure.processSeconds]
  }
  assert.deepEqual(await of(newer?.id ?? ''), [3_000, 1, 60])
  assert.deepEqual(await of(newer?.id ?? '', older?.id ?? ''), [2_000, 2, 120])
  const side = (id = '') => ({ ...range, profileIds: [id] })
  const { aTotal, bTotal } = await compare(sources, {
    ...{ kind: 'heap', value: 'inuse_space', a: side(older?.id), b: side(newer?.id) },
  })
  assert.deepEqual([aTotal, bTotal], [1_000, 3_000])
})

test('live heap is summed over processes and averaged over time; allocations are summed', async (t) => {
  const sources = await sourcesFor(t)
  // r1 holds 1000 and then 3000 bytes, r2 a constant 500 for the second minute only.
  await sources.add([
    makeUpload({ startMs: base, heap: heap(1_000, 10) }),
    makeUpload({ startMs: base + 60_000, heap: heap(3_000, 20) }),
    makeUpload({ startMs: base + 60_000, heap: heap(500, 40), tags: { 'runtime-id': 'r2' } }),
  ])
  const live = await flameGraph(sources, params)
  assert.equal(live.measure.value, 'inuse_space')
  assert.equal(Math.round(live.total), (1_000 + 3_500) / 2)
  const ofOneProcess = await flameGraph(sources, { ...params, per: 'second' })
  assert.equal(Math.round(ofOneProcess.total), (1_000 + 3_000 + 500) / 3)
  assert.equal((await flameGraph(sources, { ...params, value: 'alloc_space' })).total, 70)
  await assert.rejects(flameGraph(sources, { ...params, per: 'request' }), { code: 'query_invalid' })

  const blobs = await topFunctions(sources, { ...params, filter: { thread: '' } })
  assert.equal(blobs.measure.source, 'blobs')
  assert.equal(Math.round(blobs.total), (1_000 + 3_500) / 2)

  const exported = decodeProfile(await exportProfile(sources, params))
  assert.deepEqual([...exported.samples.values], [2n, 2_250n, 6n, 70n])

  for (const rolled of [false, true]) {
    if (rolled) await sources.profiles.rollUp(base)
    const minutes = await metrics(sources, { ...params, toMs: base + 180_000, stepMs: 60_000 })
    assert.deepEqual(
      minutes.groups[0]?.total.map((value) => value && Math.round(value)),
      [1_000, 3_500, null],
    )
    const hours = await metrics(sources, { ...params, stepMs: 3_600_000, function: { name: 'keep' } })
    assert.deepEqual(
      hours.groups[0]?.total.map((value) => value && Math.round(value)),
      [2_250],
    )
    const top = await topFunctions(sources, { ...params, toMs: base + 2 * 3_600_000 })
    assert.deepEqual([top.measure.source, Math.round(top.functions[0]?.self ?? 0)], ['rollups', 2_250])
  }
})

test('the names of older clients and the types of others fit', async (t) => {
  const sources = await sourcesFor(t)
  const upload = (types: string[], values: number[]) =>
    makeUpload({ startMs: base, files: { 'x.pprof': makeProfile(types, [{ stack: ['a@x.js'], values }]) } })
  await sources.add([
    upload(['objects/count', 'space/bytes'], [3, 300]),
    upload(['samples/count', 'cpu/nanoseconds'], [2, 20_000_000]),
    upload(['cpu/nanoseconds'], [10_000_000]),
    upload(['contentions/count', 'delay/nanoseconds'], [7, 900]),
    upload(['timeline/nanoseconds'], [5]),
  ])
  assert.equal((await flameGraph(sources, params)).total, 300)
  const cpu = await flameGraph(sources, { ...range, value: 'cpu' })
  assert.equal(cpu.total, 30_000_000)
  assert.equal((await flameGraph(sources, { ...range, value: 'samples' })).total, 3)
  const other = await flameGraph(sources, { ...range, kind: 'contentions/count,delay/nanoseconds' })
  assert.deepEqual([other.measure.value, other.total], ['delay', 900])
  assert.deepEqual((await sources.profiles.services(range))[0]?.kinds.sort(), [
    'contentions/count,delay/nanoseconds',
    'heap',
    'timeline/nanoseconds',
    'wall',
  ])
})
