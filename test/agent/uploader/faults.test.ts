import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { DropReason } from '../../../src/agent/uploader/counters'
import { figures } from '../../figures'
import { atEnd } from '../../helpers/at-end'
import { type HostileIntake, type Knobs, type Place, startHostileIntake } from '../../helpers/hostile-intake'
import { FakeClock, folder, makeUploader, parseUpload } from './harness'

// Each fault: the upload ends with the reason that is named, the counters say so, and the next one arrives and tells of it.

async function start(t: TestContext, knobs: Knobs, place?: Place): Promise<HostileIntake> {
  const intake = await startHostileIntake(knobs, place)
  atEnd(t, () => intake.close())
  return intake
}

interface Fault {
  name: string
  knobs: Knobs
  reason: DropReason
  /** Attempts at the upload. */
  attempts: number
  /** Whether it is kept on disk. */
  kept: boolean
}

const network = { reason: 'network', attempts: 4, kept: true } as const
const timeout = { reason: 'timeout', attempts: 4, kept: true } as const
const refused = { reason: 'refused', attempts: 1, kept: false } as const
const faults: Fault[] = [
  { name: 'F2 reset at once', knobs: { resetAfter: 0 }, ...network },
  { name: 'F2 reset after a byte', knobs: { resetAfter: 1 }, ...network },
  { name: 'F2 reset after the headers', knobs: { resetAfter: 'headers' }, ...network },
  { name: 'F2 reset in the body', knobs: { resetAfter: 'half body' }, ...network },
  { name: 'F3 never read', knobs: { neverRead: true }, ...timeout },
  { name: 'F4 never answered', knobs: { neverAnswer: true }, ...timeout },
  ...[400, 401, 403, 404].map((status) => ({ name: `F5 status ${status}`, knobs: { status }, ...refused })),
  { name: 'F5 status 408', knobs: { status: 408 }, ...timeout },
  { name: 'F5 status 413', knobs: { status: 413 }, ...refused, reason: 'too_large' },
  { name: 'F5 status 429', knobs: { status: 429 }, reason: 'rate_limited', attempts: 4, kept: true },
  ...[500, 502, 503, 504].map(
    (status): Fault => ({
      name: `F5 status ${status}`,
      knobs: { status },
      ...network,
      reason: 'server_error',
    }),
  ),
  ...['0', 'soon', '-5', 'Sun, 06 Nov 1994 08:49:37 GMT'].map(
    (retryAfter): Fault => ({
      name: `F5 Retry-After ${retryAfter}`,
      knobs: { status: 503, retryAfter },
      ...network,
      reason: 'server_error',
    }),
  ),
  ...['1000000000', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'].map(
    (retryAfter): Fault => ({
      name: `F5 Retry-After ${retryAfter.slice(0, 30)}, longer than the cycle`,
      knobs: { status: 429, retryAfter },
      reason: 'rate_limited',
      attempts: 1,
      kept: true,
    }),
  ),
  { name: 'F8 endless headers', knobs: { answer: 'endless headers' }, ...network },
  { name: 'F8 redirect', knobs: { answer: 'redirect' }, ...refused },
  { name: 'F8 not HTTP', knobs: { answer: 'not http' }, ...network },
  { name: 'F8 nothing but 100 Continue', knobs: { answer: '100 only' }, ...timeout },
]

let recovered = 0
after(() => figures({ faults: faults.length, recovered }))

for (const { name, knobs, reason, attempts, kept } of faults) {
  test(`${name}: ${reason}, ${attempts} attempts, and the next upload arrives`, async (t) => {
    const intake = await start(t, knobs)
    const harness = makeUploader(t, intake.url, reason === 'timeout' ? { attemptMs: 300 } : {})
    const { uploader, counters, spoolDir } = harness
    assert.equal(await uploader.flush(), reason)
    // One that was given up may still wait to be accepted.
    while (intake.connections < attempts) await new Promise(setImmediate)
    assert.equal(intake.connections, attempts)
    assert.equal(counters.retried, attempts - 1)
    assert.equal(counters.spooled, kept ? 1 : 0)
    assert.deepEqual(counters.report().dropped, kept ? {} : { [reason]: 1 })
    assert.equal(filesIn(spoolDir).length, kept ? 1 : 0)
    // Who never reads never sees the end.
    if (!knobs.neverRead) await allClosed(intake)

    intake.knobs = {}
    intake.received.length = 0
    harness.attemptMs = Number.POSITIVE_INFINITY
    assert.equal(await uploader.flush(), undefined)
    const [upload] = intake.received
    assert.ok(upload)
    const { event } = await parseUpload(upload)
    assert.deepEqual(profilerInfo(event).uploads, {
      sent: 0,
      retried: attempts - 1,
      spooled: kept ? 1 : 0,
      dropped: kept ? {} : { [reason]: 1 },
    })
    recovered++
  })
}

test('F1 refused: retried, kept, and the next upload arrives', async (t) => {
  const intake = await start(t, {})
  const { uploader, counters, lines } = makeUploader(t, intake.url)
  await intake.refuse()
  assert.equal(await uploader.flush(), 'network')
  assert.deepEqual([counters.retried, counters.spooled], [3, 1])
  await intake.resume()
  assert.equal(await uploader.flush(), undefined)
  assert.deepEqual(lines, ['network', 'arrives again'])
})

test('F1 a unix socket that is missing, then there', async (t) => {
  const socketPath = join(folder(t), 'apm.socket')
  const { uploader } = makeUploader(t, `unix://${socketPath}`)
  assert.equal(await uploader.flush(), 'network')
  const intake = await start(t, {}, { socketPath })
  assert.equal(await uploader.flush(), undefined)
  assert.equal(intake.received[0]?.path, '/profiling/v1/input')
})

test('F11 a host that has no address: retried, kept', async (t) => {
  const { uploader, counters } = makeUploader(t, 'http://intake.invalid:8126')
  assert.equal(await uploader.flush(), 'network')
  assert.deepEqual([counters.retried, counters.spooled], [3, 1])
})

test('F5 413: says how large each file was, and halves the period', async (t) => {
  const intake = await start(t, { status: 413 })
  const { uploader, lines } = makeUploader(t, intake.url)
  await uploader.flush()
  assert.match(
    lines.join('\n'),
    /an upload of [\d,]+ bytes \(event\.json [\d,]+, space\.pprof \d+, wall\.pprof \d+\) is too large/,
  )
  assert.match(lines.join('\n'), /Uploading every 30 s from now on/)
})

test('F5 Retry-After within the cycle is waited for', async (t) => {
  const clock = new FakeClock()
  const intake = await start(t, { status: 503, retryAfter: '25' })
  const { uploader } = makeUploader(t, intake.url, { clock })
  await uploader.flush()
  // A fourth attempt would begin 75 s after the first, which is in the next cycle.
  assert.equal(intake.connections, 3)
  assert.deepEqual(
    clock.slept.filter((ms) => ms > 0),
    [25_000, 25_000],
  )
})

test('F5 Retry-After beyond the cycle holds the next upload back by a cycle, and no longer', async (t) => {
  const clock = new FakeClock()
  const intake = await start(t, { status: 429, retryAfter: '86400' })
  const { uploader } = makeUploader(t, intake.url, { clock })
  await uploader.flush()
  intake.knobs = {}
  const second = uploader.flush()
  assert.equal(await second, undefined)
  assert.equal(clock.ms, 60_000)
})

test('F7 slower than the cycle: one in flight, one waiting, the rest on disk, all of them arrive', async (t) => {
  let release = () => {}
  const answerWhen = new Promise<void>((resolve) => (release = resolve))
  const intake = await start(t, { answerWhen })
  const { uploader, counters } = makeUploader(t, intake.url)
  const results = [uploader.flush(), uploader.flush(), uploader.flush(), uploader.flush()]
  assert.equal(await results[1], 'displaced')
  assert.equal(await results[2], 'displaced')
  assert.equal(intake.connections, 1)
  assert.equal(counters.spooled, 2)
  intake.knobs = {}
  release()
  assert.equal(await results[0], undefined)
  assert.equal(await results[3], undefined)
  await uploader.flush()
  await uploader.close(10_000)
  const sequences = await Promise.all(intake.received.map(sequenceOf))
  assert.deepEqual(sequences.slice(0, 2), ['0', '3'])
  assert.ok(sequences.includes('1'))
})

test('F7 without a spool what is displaced is dropped, and counted', async (t) => {
  let release = () => {}
  const answerWhen = new Promise<void>((resolve) => (release = resolve))
  const intake = await start(t, { answerWhen })
  const env = { ACME_PROFILING_SPOOL_MAX_BYTES: '0' }
  const { uploader, counters } = makeUploader(t, intake.url, { env })
  const results = [uploader.flush(), uploader.flush(), uploader.flush()]
  assert.equal(await results[1], 'displaced')
  assert.deepEqual(counters.report().dropped, { displaced: 1 })
  release()
  await Promise.all(results)
})

for (const answer of ['endless body', 'stuck body'] as const) {
  test(`F8 ${answer} after a 202: the upload has arrived`, async (t) => {
    const intake = await start(t, { answer })
    // A body that is stuck is waited for as long as an attempt may take.
    const { uploader, counters } = makeUploader(t, intake.url, { attemptMs: 1_000 })
    assert.equal(await uploader.flush(), undefined)
    assert.equal(counters.sent, 1)
    // What the kernel's buffers hold, and no more, however much there is.
    assert.ok(intake.answeredBytes < 16_777_216, String(intake.answeredBytes))
  })
}

test('F8 a certificate that cannot be verified: no byte of the upload leaves', async (t) => {
  const fixture = (name: string) => readFileSync(join(__dirname, '../../fixtures', name), 'utf8')
  const tls = { key: fixture('localhost-key.pem'), cert: fixture('localhost-cert.pem') }
  const intake = await start(t, {}, { tls })
  const { uploader } = makeUploader(t, intake.url)
  assert.equal(await uploader.flush(), 'network')
  assert.deepEqual(intake.received, [])
})

test('F9 30 cycles against an intake that keeps connections open to break them later: none is used twice, none lost', async (t) => {
  const intake = await start(t, { keepOpen: true })
  const { uploader, counters } = makeUploader(t, intake.url)
  for (let cycle = 0; cycle < 30; cycle++) assert.equal(await uploader.flush(), undefined)
  assert.deepEqual(counters.report(), { sent: 30, retried: 0, spooled: 0, dropped: {} })
  assert.equal(intake.connections, 30)
  await allClosed(intake)
})

test('what was kept is sent after an upload that arrived, one at a time, oldest first', async (t) => {
  const intake = await start(t, { status: 503 })
  const { uploader, spoolDir } = makeUploader(t, intake.url)
  for (let cycle = 0; cycle < 3; cycle++) await uploader.flush()
  assert.equal(filesIn(spoolDir).length, 3)
  intake.knobs = {}
  intake.received.length = 0
  for (let cycle = 0; cycle < 4; cycle++) {
    await uploader.flush()
    while (filesIn(spoolDir).length > Math.max(0, 2 - cycle)) await new Promise(setImmediate)
  }
  const sequences = await Promise.all(intake.received.map(sequenceOf))
  assert.deepEqual(sequences, ['3', '0', '4', '1', '5', '2', '6'])
})

// Until the test's own time is over.
async function allClosed(intake: HostileIntake): Promise<void> {
  while (intake.open() > 0) await new Promise(setImmediate)
}

function filesIn(spoolDir: string): string[] {
  return readdirSync(spoolDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}

type Uploads = { uploads: unknown }

function profilerInfo(event: { info?: Record<string, unknown> }): Uploads {
  return event.info?.profiler as Uploads
}

async function sequenceOf(upload: {
  headers: Record<string, string>
  body: Buffer
}): Promise<string | undefined> {
  const { event } = await parseUpload(upload)
  return /profile_seq:(\d+)/.exec(event.tags_profiler)?.[1]
}
