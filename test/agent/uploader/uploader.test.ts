import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type Clock, systemClock } from '../../../src/agent/uploader/clock'
import type { Interval } from '../../../src/agent/uploader/uploader'
import { startIntake } from '../../../src/intake/server'
import { atEnd } from '../../helpers/at-end'
import { type Knobs, startHostileIntake } from '../../helpers/hostile-intake'
import { FileSink } from '../../intake/file-sink'
import { FakeClock, folder, makeInterval, makeUploader, parseUpload, profileOf } from './harness'

async function hostile(t: TestContext, knobs: Knobs = {}) {
  const intake = await startHostileIntake(knobs)
  atEnd(t, () => intake.close())
  return intake
}
const files = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
const noSpool = { ACME_PROFILING_SPOOL_MAX_BYTES: '0' }

test('an upload: event.json first, the attachments it names, each compressed by itself', async (t) => {
  const intake = await hostile(t)
  const { uploader } = makeUploader(t, intake.url)
  assert.equal(await uploader.flush(), undefined)
  const [upload] = intake.received
  assert.ok(upload)
  assert.equal(upload.path, '/profiling/v1/input')
  assert.equal(upload.headers.connection, 'close')
  assert.equal(upload.headers['dd-evp-origin'], 'acme-profiler')
  assert.equal(upload.headers['dd-evp-origin-version'], '1.2.3')
  assert.equal(Number(upload.headers['content-length']), upload.body.length)
  const { event, files } = await parseUpload(upload)
  assert.deepEqual(event.attachments, Object.keys(files))
  assert.deepEqual(gunzipSync(files['space.pprof'] ?? Buffer.alloc(0)), profileOf('space profile'))
  assert.deepEqual(gunzipSync(files['wall.pprof'] ?? Buffer.alloc(0)), profileOf('wall profile'))
})

test('a profile that is off is neither attached nor named', async (t) => {
  const intake = await hostile(t)
  const collect = (done: (interval: Interval) => void) => {
    const { space: _, ...interval } = makeInterval()
    done(interval)
  }
  await makeUploader(t, intake.url, { collect }).uploader.flush()
  const { event, files } = await parseUpload(intake.received[0] ?? { headers: {}, body: Buffer.alloc(0) })
  assert.deepEqual([event.attachments, Object.keys(files)], [['wall.pprof'], ['wall.pprof']])
})

test('an interval without a sample is not uploaded', async (t) => {
  const intake = await hostile(t)
  const { uploader } = makeUploader(t, intake.url, { interval: { hasWork: false } })
  assert.equal(await uploader.flush(), undefined)
  assert.equal(intake.connections, 0)
})

test('our intake accepts it over TCP, with any compression, and stores it as tagged', async (t) => {
  const dir = folder(t)
  const intake = await startIntake({ sink: new FileSink(dir), port: 0 })
  atEnd(t, () => intake.close())
  // The intake decodes profiles before it keeps them: an empty one is well-formed.
  const profile = Buffer.from([0x32, 0x00])
  for (const compression of ['on', 'off', 'gzip-9', 'zstd-3']) {
    const env = { DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: compression }
    const { uploader } = makeUploader(t, intake.url, { env, interval: { wall: profile, space: profile } })
    assert.equal(await uploader.flush(), undefined, compression)
  }
  assert.ok(files(dir).some((entry) => entry.name === 'wall.pprof'))
})

test('headers of containers, and the key on the loopback address', async (t) => {
  const intake = await hostile(t)
  await makeUploader(t, intake.url, {
    env: { DD_API_KEY: 'k3y', DD_EXTERNAL_ENV: 'it-false,cn-web' },
  }).uploader.flush()
  assert.equal(intake.received[0]?.headers['dd-api-key'], 'k3y')
  assert.equal(intake.received[0]?.headers['datadog-external-env'], 'it-false,cn-web')
})

test('over a unix socket', async (t) => {
  const socketPath = join(folder(t), 'apm.socket')
  const intake = await startHostileIntake({}, { socketPath })
  atEnd(t, () => intake.close())
  assert.equal(await makeUploader(t, intake.url).uploader.flush(), undefined)
  assert.equal(intake.received.length, 1)
})

test('intervals follow the schedule until close, whatever becomes of the uploads', async (t) => {
  const intake = await hostile(t, { status: 500 })
  const intervals: number[] = []
  let closing: Promise<void> | undefined
  const clock: Clock = {
    nowMs: () => 0,
    // Retries are between the intervals, and shorter.
    sleep: async (ms, signal) => {
      if (ms > 5_000 && !signal?.aborted) intervals.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (intervals.length === 5) closing ??= uploader.close(5_000)
    },
  }
  const { uploader } = makeUploader(t, intake.url, { clock, env: noSpool })
  await uploader.run()
  assert.deepEqual(intervals.slice(0, 4), [10_000, 60_000, 60_000, 60_000])
  await closing
})

test('more than 4 MiB is not sent: dropped, counted, and the period is halved', async (t) => {
  const intake = await hostile(t)
  const wall = Buffer.alloc(4_194_304)
  const env = { DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'off' }
  const { uploader, counters, lines } = makeUploader(t, intake.url, { env, interval: { wall } })
  assert.equal(await uploader.flush(), 'too_large')
  assert.equal(intake.connections, 0)
  assert.deepEqual(counters.report().dropped, { too_large: 1 })
  assert.match(lines.join(), /wall\.pprof 4,194,304\) is too large; the agent's limit is 4,194,304/)
})

test('two uploads that are more than 4 MiB together are not both held in memory', async (t) => {
  let release = () => {}
  const answerWhen = new Promise<void>((resolve) => {
    release = resolve
  })
  const intake = await hostile(t, { answerWhen })
  const env = { DD_PROFILING_DEBUG_UPLOAD_COMPRESSION: 'off' }
  const { uploader, counters } = makeUploader(t, intake.url, {
    env,
    interval: { wall: Buffer.alloc(2_500_000) },
  })
  const first = uploader.flush()
  assert.equal(await uploader.flush(), 'displaced')
  assert.equal(counters.spooled, 1)
  release()
  assert.equal(await first, undefined)
})

test('a collection that throws is counted, and the next one works', async (t) => {
  const intake = await hostile(t)
  let calls = 0
  const collect = (done: (interval: Interval) => void) => {
    if (calls++ === 0) throw new Error('no memory')
    done(makeInterval())
  }
  const { uploader, counters, lines } = makeUploader(t, intake.url, { collect })
  await uploader.flush()
  assert.deepEqual(counters.report().dropped, { collect_failed: 1 })
  assert.deepEqual(lines, ['an interval could not be collected: no memory'])
  assert.equal(await uploader.flush(), undefined)
  assert.equal(intake.received.length, 1)
})

test('close: one last upload, of its own kind, and nothing is left behind', async (t) => {
  const intake = await hostile(t)
  const { uploader, spoolDir } = makeUploader(t, intake.url, { clock: systemClock })
  await uploader.flush()
  const deadlineMs = systemClock.nowMs() + 10_000
  await Promise.all([uploader.close(deadlineMs), uploader.close(deadlineMs)])
  const events = await Promise.all(intake.received.map(async (upload) => (await parseUpload(upload)).event))
  assert.deepEqual(
    events.map((event) => /snapshot:\w+,profile_seq:\d/.exec(event.tags_profiler)?.[0]),
    ['snapshot:periodic,profile_seq:0', 'snapshot:on_shutdown,profile_seq:1'],
  )
  assert.deepEqual(files(spoolDir), [])
})

for (const [name, knobs] of Object.entries<Knobs>({
  'F3 never reads': { neverRead: true },
  'F4 never answers': { neverAnswer: true },
  'F5 says 503': { status: 503 },
  'F2 resets': { resetAfter: 'headers' },
})) {
  test(`close while the intake ${name}: within the deadline, both uploads are on disk`, async (t) => {
    const intake = await hostile(t, knobs)
    const { uploader, counters, spoolDir } = makeUploader(t, intake.url, { clock: systemClock })
    const first = uploader.flush()
    while (intake.connections === 0) await new Promise(setImmediate)
    await uploader.close(systemClock.nowMs() + 400)
    await first
    assert.equal(counters.sent, 0)
    assert.equal(counters.spooled, 2)
    assert.equal(files(spoolDir).length, 2)

    // The next process finds them.
    intake.knobs = {}
    const env2 = { ACME_PROFILING_SPOOL_DIR: spoolDir }
    const next = makeUploader(t, intake.url, { env: env2 })
    for (let cycle = 0; cycle < 3; cycle++) await next.uploader.flush()
    await next.uploader.close(next.clock.nowMs() + 10_000)
    assert.deepEqual(files(spoolDir), [])
  })
}

test('close between two attempts does not wait for the second', async (t) => {
  const intake = await hostile(t, { status: 503 })
  const clock: Clock = {
    nowMs: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms === 0 || signal?.aborted) resolve()
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const { uploader, counters } = makeUploader(t, intake.url, { clock })
  const first = uploader.flush()
  while (counters.retried === 0) await new Promise(setImmediate)
  await uploader.close(60_000)
  assert.equal(await first, 'shutdown')
  assert.equal(counters.spooled, 2)
})

test('close while a collection hangs gives up at the deadline', async (t) => {
  const intake = await hostile(t)
  const { uploader } = makeUploader(t, intake.url, { clock: systemClock, collect: () => {} })
  await uploader.close(systemClock.nowMs() + 200)
  assert.equal(intake.connections, 0)
})

test('close after its deadline: nothing is sent, and it ends', async (t) => {
  const intake = await hostile(t)
  const { uploader } = makeUploader(t, intake.url, { clock: new FakeClock() })
  await uploader.close(-1)
  assert.equal(intake.connections, 0)
})
