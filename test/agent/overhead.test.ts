import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Profile } from 'pprof-format'
import { nodeBinary, startProfiled } from '../accuracy/agent'
import { samplesOf, sum } from '../accuracy/samples'

type Measured = Record<string, number>

const commentsOf = (profile: Profile) =>
  profile.comment.map((index) => profile.stringTable.strings[Number(index)] as string)

/** What the uploads of a busy program say under this bound. */
async function uploadsOf(file: string, line: string, maxOverhead: string, env = {}) {
  const program = await startProfiled(file, {
    node: nodeBinary(line),
    env: { DD_PROFILING_MAX_OVERHEAD: maxOverhead, ...env },
    uploadPeriodS: 60,
  })
  await program.exited
  await program.end()
  return Promise.all(
    program.uploads.map(async (upload) => {
      const { files, event } = await upload.read()
      return { files, measured: event.info?.profiler?.measured as Measured }
    }),
  )
}

/** Its last wall profile's. */
async function billOf(maxOverhead: string) {
  const last = (await uploadsOf('test/fixtures/busy.js', '20', maxOverhead)).at(-1)
  const wall = last?.files['wall.pprof']?.pprof
  assert.ok(wall, 'a wall profile')
  return { measured: last.measured, comments: commentsOf(Profile.decode(wall)) }
}

test('a bound that cannot be kept lowers the rate, and every profile carries the bill', async () => {
  const { measured, comments } = await billOf('0.0001')
  assert.ok((measured.interval_multiple ?? 0) > 1, `${measured.interval_multiple} times the interval`)
  assert.equal(comments.length, 1)
  assert.match(
    comments[0] as string,
    /^profiler overhead \d+\.\d\d % of the thread it costs most, bound 0\.00 %, a sample every \d+\.\d ms(, heap profile given up)?$/,
  )
})

test('without a bound it is measured all the same', async () => {
  const { measured } = await billOf('0')
  assert.equal(measured.interval_multiple, 1)
  assert.ok((measured.overhead_percent ?? 0) > 0)
  assert.ok((measured.handler_cpu_ms ?? 0) > 0)
})

/** The heap profiles of a program that makes much garbage, a sample each 16 KiB to begin with. */
async function heapsOf(line: string, maxOverhead: string) {
  const env = { DD_PROFILING_HEAP_SAMPLING_INTERVAL: '16384' }
  const uploads = await uploadsOf('test/fixtures/garbage.js', line, maxOverhead, env)
  return uploads.flatMap(({ files, measured }) => {
    const space = files['space.pprof']?.pprof
    if (!space) return []
    const profile = Profile.decode(space)
    const retained = samplesOf(space).filter(({ frames }) => frames.some(({ name }) => name === 'retain'))
    return {
      measured,
      intervalBytes: Number(profile.period),
      isStartedAnew: commentsOf(profile).includes('heap sampling started anew: Main Event Loop'),
      retainedBytes: sum(retained, 'inuse_space'),
    }
  })
}

for (const line of ['20', '26']) {
  test(`where samples of the heap cost more than half of the bound they become rarer, and tell the same, on Node ${line}`, async () => {
    const heaps = await heapsOf(line, '2')
    const intervals = heaps.map(({ intervalBytes }) => intervalBytes)
    assert.equal(intervals[0], 16_384)
    assert.ok((intervals.at(-1) as number) > 16_384, intervals.join(', '))
    for (const [i, { measured, isStartedAnew, intervalBytes }] of heaps.entries()) {
      assert.equal(measured.heap_sampling_interval_bytes, intervalBytes)
      const next = intervals[i + 1]
      if (next !== undefined) assert.equal(isStartedAnew, next !== intervalBytes, intervals.join(', '))
    }
    const shares = heaps.map(({ measured }) => measured.overhead_percent as number)
    // In the middle: of an interval that was a moment any cost is a large share.
    const later = shares.slice(1).sort((a, b) => a - b)
    const usual = later[Math.floor(later.length / 2)] as number
    assert.ok(usual < (shares[0] as number) / 2, shares.join(', '))
    const retainedMegabytes = (heaps.at(-1)?.retainedBytes as number) / 2 ** 20
    assert.ok(Math.abs(retainedMegabytes - 40) < 20, `${retainedMegabytes} MB`)
  })
}

test('without a bound the heap is sampled as often as was asked for', async () => {
  for (const { intervalBytes, isStartedAnew } of await heapsOf('20', '0')) {
    assert.equal(intervalBytes, 16_384)
    assert.ok(!isStartedAnew)
  }
})
