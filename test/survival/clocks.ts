import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { cpuMs } from '../../bench/lib/process-cost'
import { decodeProfile } from '../../src/pprof/decode'
import { nodeBinary, startProfiled } from '../accuracy/agent'
import type { Upload } from '../accuracy/receiver'
import { samplesOf, sum } from '../accuracy/samples'
import { atEnd } from '../helpers/at-end'
import { eventually } from '../intake/eventually'
import { root } from './child'

const hourMs = 3_600_000
const until = (date: string) => Date.parse(date) - Date.now()
/** What is done to the system's clock, one after the other: its distance from the right time, and what it gains in each second. */
const clocks = [
  { name: 'an hour ahead', offsetMs: hourMs, driftMs: 0 },
  { name: 'an hour back', offsetMs: -hourMs, driftMs: 0 },
  { name: 'gains 5 minutes in an hour', offsetMs: 60_000, driftMs: 83 },
  { name: 'loses 5 minutes in an hour', offsetMs: -60_000, driftMs: -83 },
  { name: '1970', offsetMs: until('1970-01-01T00:10:00Z'), driftMs: 0 },
  { name: '2106, past 32 bits', offsetMs: until('2106-02-08T00:00:00Z'), driftMs: 0 },
  { name: 'right', offsetMs: 0, driftMs: 0 },
]
const uploadPeriodS = 1
const architectures = { x64: 'x86_64', arm64: 'aarch64' } as Record<string, string>

/** Debian's libfaketime. Without it the test fails: nothing else sets the clock of one process that runs. */
function faketime(): string {
  const path =
    process.env.LIBFAKETIME ?? `/usr/lib/${architectures[process.arch]}-linux-gnu/faketime/libfaketimeMT.so.1`
  if (!existsSync(path))
    throw new Error('no libfaketime: apt install faketime, or set LIBFAKETIME to its path')
  return path
}

/**
 * F10: uploads keep coming at the period of the monotonic clock, each has an order and the length that it had, nothing spins, and the last
 * one arrives.
 */
export async function checkClocks(t: TestContext, line: string): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'acme-profiler-clocks-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  const file = join(folder, 'clock')
  const set = (text: string) => {
    writeFileSync(`${file}.new`, `${text}\n`)
    renameSync(`${file}.new`, file)
  }
  const setOffset = (ms: number) => set(`${ms < 0 ? '' : '+'}${(ms / 1_000).toFixed(3)}`)
  setOffset(0)
  const startedAt = performance.now()
  const program = await startProfiled('test/fixtures/survival-clock.js', {
    ...{ node: nodeBinary(line), args: [root], uploadPeriodS },
    env: {
      ...{ LD_PRELOAD: faketime(), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' },
      // The monotonic clock and the times of files are the kernel's.
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' },
      ...{ ACME_PROFILING_SPOOL_DIR: join(folder, 'spool') },
    },
  })
  await program.report('ready')
  const readyAt = performance.now()
  const cpuBefore = cpuMs(program.pid)
  const uploadsBefore = program.uploads.length
  for (const { name, offsetMs, driftMs } of clocks) {
    const seen = program.uploads.length
    const setAt = performance.now()
    await eventually(async () => {
      setOffset(offsetMs + (driftMs * (performance.now() - setAt)) / 1_000)
      const since = await Promise.all(program.uploads.slice(seen).map(timesOf))
      return since.some(({ endMs, startMs, atMs }) =>
        [startMs, endMs].every((ms) => Math.abs(ms - atMs - offsetMs) < 30_000),
      )
        ? name
        : undefined
    })
  }
  const elapsedS = (performance.now() - readyAt) / 1_000
  const cpuShare = (cpuMs(program.pid) - cpuBefore) / (1_000 * elapsedS)
  const intervals = program.uploads.length - uploadsBefore
  const steady = program.uploads.length
  // So fast that the time for the last upload is over at once, were it counted by this clock.
  set('+0 x9999')
  const seen = program.uploads.length
  await eventually(() => program.uploads.length > seen || undefined)
  assert.deepEqual(await program.end('SIGTERM'), { code: null, signal: 'SIGTERM' })
  const runMs = performance.now() - startedAt

  let [profiledMs, wallMs] = [0, 0]
  for (const [n, upload] of program.uploads.entries()) {
    const { startMs, endMs, event, files } = await timesOf(upload)
    const durationMs = endMs - startMs
    assert.ok(durationMs >= 0, `${event.start} to ${event.end}`)
    const { pprof } = files['wall.pprof'] ?? assert.fail()
    const ofPprofMs = Number(decodeProfile(pprof).durationNanos) / 1e6
    assert.ok(Math.abs(durationMs - ofPprofMs) <= 1, `${durationMs} ms, of its pprof ${ofPprofMs} ms`)
    // libfaketime makes the CPU's clock faster too, which then leaps.
    if (n >= steady) continue
    profiledMs += durationMs
    const ofMain = samplesOf(pprof).filter(({ labels }) => labels['thread name'] === 'Main Event Loop')
    wallMs += sum(ofMain, 'wall') / 1e6
  }
  t.diagnostic(
    `${intervals} uploads in ${elapsedS.toFixed(1)} s; CPU ${(100 * cpuShare).toFixed(0)} %, of it 10 of the service`,
  )
  assert.ok(profiledMs <= runMs, `${profiledMs} ms profiled in ${runMs} ms`)
  // A window that the thread was too busy to end in time goes with the next interval.
  assert.ok(wallMs <= 1.02 * profiledMs && wallMs >= 0.7 * profiledMs, `${wallMs} ms of ${profiledMs} ms`)
  assert.match((await program.uploads.at(-1)?.read())?.event.tags_profiler, /snapshot:on_shutdown/)
  assert.ok(intervals <= elapsedS / (0.5 * uploadPeriodS) + 1, `${intervals} uploads in ${elapsedS} s`)
  assert.ok(cpuShare < 1, `${cpuShare} CPU`)
  return { clocks: clocks.length, clockUploads: program.uploads.length }
}

async function timesOf(upload: Upload) {
  const { event, files } = await upload.read()
  return { startMs: Date.parse(event.start), endMs: Date.parse(event.end), atMs: upload.atMs, event, files }
}
