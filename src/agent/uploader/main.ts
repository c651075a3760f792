import { writeSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { type Interval, loadAddon } from '../addon'
import type { Config } from '../config'
import { monotonicMs } from '../monotonic'
import { systemClock } from './clock'
import { Counters, type DropReason } from './counters'
import type { EngineFacts } from './event'
import { requestHeaders } from './headers'
import { IntervalSource } from './interval-source'
import { lookupBy } from './lookup'
import { readProcessFacts } from './process-facts'
import type { Outcome } from './retry'
import { Sender } from './sender'
import { Spool } from './spool'
import { findTarget, type Target } from './target'
import { send } from './transport'
import { type Collect, messageOf, Uploader } from './uploader'

/** What the agent starts this worker with. */
export interface UploaderData {
  config: Config
  runtimeId: string
  /** Epoch milliseconds at which profiling began. */
  startTimeMs: number
  /** The application's file, process.argv[1]: a worker has an argv of its own. */
  mainScript?: string
  /** What samples. `byMessage`: intervals are asked of the agent, not of the addon. */
  engine: EngineFacts & { byMessage: boolean }
  /** Int32[0] becomes 1, with a notification, when the last upload is finished or given up. */
  control: SharedArrayBuffer
  /** `shared` of Counters. */
  counts: SharedArrayBuffer
  /** Started only to upload at the end of the process. */
  shutdown?: Shutdown
}

interface Shutdown {
  /** Of monotonicMs. */
  deadlineMs: number
  /** The last one, of an engine that is asked by message: the agent answers no more. */
  interval?: Interval
}

/** What the agent may say to it. */
export type UploaderMessage =
  | { type: 'flush'; id: number }
  | { type: 'interval'; interval: Interval }
  | ({ type: 'shutdown' } & Shutdown)

/** What it says to the agent: `collect` is answered with `interval`, `flush` with `flushed`. */
export type UploaderAnswer = { type: 'collect' } | { type: 'flushed'; id: number; error?: string }

const data = workerData as UploaderData
const counters = new Counters(data.counts)
const intervals = data.engine.byMessage ? new IntervalSource(() => say({ type: 'collect' })) : undefined
// Three levels up in src and in dist alike.
const { version } = require('../../../package.json') as { version: string }

function say(answer: UploaderAnswer): void {
  parentPort?.postMessage(answer)
}

// Not through process.stderr: that is the main thread's work, and at the end of the process it waits for this one.
function log(line: string): void {
  try {
    writeSync(2, `acme-profiler: ${line}\n`)
  } catch {
    // Standard error is closed, or a full pipe.
  }
}

function openSpool(target: Target): Spool | undefined {
  const { dir, maxBytes } = data.config.spool
  if (maxBytes === 0) return undefined
  try {
    return Spool.open(target, dir, maxBytes, (reason) => counters.drop(reason))
  } catch (error) {
    log(`uploads that fail are not kept (ACME_PROFILING_SPOOL_DIR): ${messageOf(error)}`)
    return undefined
  }
}

function makeUploader(): Uploader {
  const { config, runtimeId, startTimeMs } = data
  const facts = readProcessFacts(config, data.mainScript ?? '', process.cwd())
  const target = findTarget(config)
  const { collect, lookup }: Source = intervals ?? openAddon()
  const headers = requestHeaders(config, facts, version, target)
  const sender = new Sender({
    send: ({ body, boundary }, timeoutMs, abort) =>
      send({ target, headers: headers(boundary), body, timeoutMs, lookup }, abort),
    spool: openSpool(target),
    counters,
    clock: systemClock,
    random: Math.random,
    uploadTimeoutMs: config.uploadTimeoutMs,
    cycleMs: config.uploadPeriodMs,
    onState: (failing, outcome) => log(stateLine(target, failing, outcome)),
  })
  return new Uploader({
    collect,
    identity: { config, facts, runtimeId, profilerVersion: version, startTimeMs, engine: data.engine },
    sender: config.exporters.includes('agent') ? sender : undefined,
    counters,
    clock: systemClock,
    random: Math.random,
    log,
  })
}

/** Where intervals come from, and what the addon can do beside that. */
interface Source {
  collect: Collect
  lookup?: LookupFunction
}

function openAddon(): Source {
  const addon = loadAddon()
  addon.nameThread('acme-uploader')
  addon.onStuckTermination(async () => {
    await shutdown(uploader, { deadlineMs: monotonicMs() + data.config.shutdownTimeoutMs })
    addon.resumeTermination()
  })
  return { collect: (done) => addon.collect(done), lookup: lookupBy(addon) }
}

function stateLine(target: Target, failing: DropReason | undefined, outcome: Outcome): string {
  if (failing === undefined) return `uploads to ${target.name} arrive again`
  const what = outcome.kind === 'failed' ? outcome.code : `status ${outcome.status}`
  return `uploads to ${target.name} fail: ${what} (${failing})`
}

async function shutdown(uploader: Uploader, { deadlineMs, interval }: Shutdown): Promise<void> {
  try {
    intervals?.end(interval)
    await uploader.close(deadlineMs)
  } catch (error) {
    log(`last upload: ${messageOf(error)}`)
  } finally {
    endLastUpload()
    parentPort?.close()
  }
}

function endLastUpload(): void {
  const control = new Int32Array(data.control)
  Atomics.store(control, 0, 1)
  Atomics.notify(control, 0)
}

function start(): Uploader {
  try {
    return makeUploader()
  } catch (error) {
    endLastUpload()
    // This thread ends of it, and the agent starts another.
    throw error
  }
}

const uploader = start()
// From here on the application must not notice whatever goes wrong.
process.on('uncaughtException', (error) => log(`uploader: ${messageOf(error)}`))
parentPort?.on('message', async (message: UploaderMessage) => {
  if (message.type === 'shutdown') return shutdown(uploader, message)
  if (message.type === 'interval') return intervals?.receive(message.interval)
  const error = await uploader.flush()
  say({ type: 'flushed', id: message.id, ...(error === undefined ? {} : { error }) })
})
if (data.shutdown) shutdown(uploader, data.shutdown)
else uploader.run()
