import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Busboy } from '@fastify/busboy'
import { readConfig } from '../../../src/agent/config'
import type { Clock } from '../../../src/agent/uploader/clock'
import { Counters } from '../../../src/agent/uploader/counters'
import { requestHeaders } from '../../../src/agent/uploader/headers'
import { readProcessFacts } from '../../../src/agent/uploader/process-facts'
import { Sender } from '../../../src/agent/uploader/sender'
import { Spool } from '../../../src/agent/uploader/spool'
import { findTarget } from '../../../src/agent/uploader/target'
import { send } from '../../../src/agent/uploader/transport'
import { type Interval, Uploader } from '../../../src/agent/uploader/uploader'
import type { UploadEvent } from '../../../src/pprof/upload'
import { atEnd } from '../../helpers/at-end'

/** Time that passes only in sleep(), and there at once: retries take no time, and their delays can be read. */
export class FakeClock implements Clock {
  ms = 0
  readonly slept: number[] = []
  nowMs = () => this.ms
  sleep = async (ms: number, signal?: AbortSignal) => {
    if (signal?.aborted) return
    this.ms += ms
    this.slept.push(ms)
    // A turn of the real loop: whoever waits for a socket gets on.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The uploader as main.ts puts it together, but for the addon, time and chance. */
export interface Harness {
  uploader: Uploader
  counters: Counters
  clock: Clock
  lines: string[]
  spoolDir: string
  /** Of one attempt, in real time, where it is shorter than DD_PROFILING_UPLOAD_TIMEOUT. */
  attemptMs: number
}

export interface HarnessOptions {
  clock?: Clock
  /** Environment variables. */
  env?: Record<string, string>
  attemptMs?: number
  interval?: Partial<Interval>
  collect?: (done: (interval: Interval) => void) => void
}

/** A fresh folder that is removed after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'acme-profiler-test-'))
  atEnd(t, () => rmSync(path, { recursive: true, force: true }))
  return path
}

export function makeUploader(t: TestContext, url: string, options: HarnessOptions = {}): Harness {
  const spoolDir = options.env?.ACME_PROFILING_SPOOL_DIR ?? folder(t)
  const { config, complaints } = readConfig({
    DD_SERVICE: 'shop',
    DD_TRACE_AGENT_URL: url,
    ACME_PROFILING_SPOOL_DIR: spoolDir,
    ...options.env,
  })
  if (complaints.length > 0) throw new Error(complaints.join())
  const counters = new Counters()
  const clock = options.clock ?? new FakeClock()
  const lines: string[] = []
  const target = findTarget(config)
  const facts = readProcessFacts(config, '', '/nowhere')
  const headers = requestHeaders(config, facts, '1.2.3', target)
  const drop = counters.drop.bind(counters)
  const sender = new Sender({
    send: ({ body, boundary }, timeoutMs, abort) =>
      send(
        { target, headers: headers(boundary), body, timeoutMs: Math.min(timeoutMs, harness.attemptMs) },
        abort,
      ),
    spool:
      config.spool.maxBytes === 0 ? undefined : Spool.open(target, spoolDir, config.spool.maxBytes, drop),
    counters,
    clock,
    random: () => 0.5,
    uploadTimeoutMs: config.uploadTimeoutMs,
    cycleMs: config.uploadPeriodMs,
    onState: (failing) => lines.push(failing ?? 'arrives again'),
  })
  const identity = {
    config,
    facts,
    runtimeId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    profilerVersion: '1.2.3',
    startTimeMs: 0,
    engine: { name: 'native', labelMode: 'frames' },
  }
  const collect = options.collect ?? ((done) => setImmediate(() => done(makeInterval(options.interval))))
  const uploader = new Uploader({
    collect,
    identity,
    sender: config.exporters.includes('agent') ? sender : undefined,
    counters,
    clock,
    random: () => 0.5,
    log: (line) => lines.push(line),
  })
  const { attemptMs = Number.POSITIVE_INFINITY } = options
  const harness: Harness = { uploader, counters, clock, lines, spoolDir, attemptMs }
  return harness
}

/** A pprof file that holds nothing but a string. */
export const profileOf = (text: string) =>
  Buffer.concat([Buffer.from([0x32, 0, 0x32, text.length]), Buffer.from(text)])

export function makeInterval(changes: Partial<Interval> = {}): Interval {
  return {
    startMs: Date.parse('2026-11-22T00:00:00Z'),
    endMs: Date.parse('2026-11-22T00:01:00Z'),
    wall: profileOf('wall profile'),
    space: profileOf('space profile'),
    endpointCounts: { 'GET /a': 3 },
    measured: { windows: 60 },
    hasWork: true,
    ...changes,
  }
}

/** An upload as another implementation reads it. */
export async function parseUpload(received: { headers: Record<string, string>; body: Buffer }): Promise<{
  event: UploadEvent
  files: Record<string, Buffer>
}> {
  const files: Record<string, Buffer> = {}
  await new Promise((resolve, reject) => {
    const parser = new Busboy({ headers: received.headers as { 'content-type': string } })
    parser.on('file', (field, stream, filename) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => {
        if (field !== 'event' && field !== filename) reject(new Error(`${field} is not ${filename}`))
        files[filename] = Buffer.concat(chunks)
      })
    })
    parser.on('finish', resolve)
    parser.on('error', reject)
    parser.end(received.body)
  })
  const { 'event.json': event, ...rest } = files
  return { event: JSON.parse(String(event)), files: rest }
}
