import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { loadAddon } from '../addon'
import type { Config } from '../config'
import { systemClock } from './clock'
import { Counters } from './counters'
import { requestHeaders } from './headers'
import { readProcessFacts } from './process-facts'
import type { DropReason, Outcome } from './retry'
import { Sender } from './sender'
import { Spool } from './spool'
import { findTarget, type Target } from './target'
import { send } from './transport'
import { messageOf, Uploader } from './uploader'

/** What the agent starts this worker with. */
export interface UploaderData {
  config: Config
  runtimeId: string
  /** Epoch milliseconds at which profiling began. */
  startTimeMs: number
  /** The application's file, process.argv[1]: a worker has an argv of its own. */
  mainScript?: string
  /** Int32[0] becomes 1, with a notification, when the last upload is finished or given up. */
  control: SharedArrayBuffer
  /** Started only to upload at the end of the process. `deadlineMs` is epoch time. */
  shutdown?: { deadlineMs: number }
}

/** What the agent may say to it, and `flushed` is answered with. */
export type UploaderMessage = { type: 'flush'; id: number } | { type: 'shutdown'; deadlineMs: number }

const data = workerData as UploaderData
const counters = new Counters()
// Three levels up in src and in dist alike.
const { version } = require('../../../package.json') as { version: string }

// The application must not notice whatever goes wrong here.
process.on('uncaughtException', (error) => log(`uploader: ${messageOf(error)}`))

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
  const headers = requestHeaders(config, facts, version, target)
  const sender = new Sender({
    send: ({ body, boundary }, timeoutMs, abort) =>
      send({ target, headers: headers(boundary), body, timeoutMs }, abort),
    spool: openSpool(target),
    counters,
    clock: systemClock,
    random: Math.random,
    uploadTimeoutMs: config.uploadTimeoutMs,
    cycleMs: config.uploadPeriodMs,
    onState: (failing, outcome) => log(stateLine(target, failing, outcome)),
  })
  const addon = loadAddon()
  addon.nameThread('acme-uploader')
  addon.onStuckTermination(async () => {
    await shutdown(uploader, Date.now() + config.shutdownTimeoutMs)
    addon.resumeTermination()
  })
  return new Uploader({
    collect: (done) => addon.collect(done),
    identity: { config, facts, runtimeId, profilerVersion: version, startTimeMs },
    sender: config.exporters.includes('agent') ? sender : undefined,
    counters,
    clock: systemClock,
    random: Math.random,
    log,
  })
}

function stateLine(target: Target, failing: DropReason | undefined, outcome: Outcome): string {
  if (failing === undefined) return `uploads to ${target.name} arrive again`
  const what = outcome.kind === 'failed' ? outcome.code : `status ${outcome.status}`
  return `uploads to ${target.name} fail: ${what} (${failing})`
}

async function shutdown(uploader: Uploader | undefined, deadlineMs: number): Promise<void> {
  try {
    await uploader?.close(deadlineMs)
  } catch (error) {
    log(`last upload: ${messageOf(error)}`)
  } finally {
    const control = new Int32Array(data.control)
    Atomics.store(control, 0, 1)
    Atomics.notify(control, 0)
    parentPort?.close()
  }
}

function start(): Uploader | undefined {
  try {
    return makeUploader()
  } catch (error) {
    log(`uploads are off: ${messageOf(error)}`)
    return undefined
  }
}

const uploader = start()
parentPort?.on('message', async (message: UploaderMessage) => {
  if (message.type === 'shutdown') return shutdown(uploader, message.deadlineMs)
  const error = uploader ? await uploader.flush() : 'uploads are off'
  parentPort?.postMessage({ type: 'flushed', id: message.id, ...(error === undefined ? {} : { error }) })
})
if (data.shutdown) shutdown(uploader, data.shutdown.deadlineMs)
else uploader?.run()
