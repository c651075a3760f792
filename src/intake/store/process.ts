/**
 * The store's own process: decoding, the database and the queries. A process and not a thread: a database is native code, and what
 * brings it down must not bring down who acknowledges uploads; its memory is bounded and counted apart; and a query never holds up
 * the event loop that receives. Uploads do not travel between the two: this one reads them from the log.
 */
import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '../../pprof/errors'
import { runQuery } from '../query/run'
import { SourceFiles } from '../query/source-files'
import { realFiles } from '../wal/files'
import { ContentsCache } from './contents-cache'
import type { Caution } from './crash-ledger'
import { DeadLetters } from './dead-letters'
import { InUse } from './duckdb/database'
import { DuckDbStore } from './duckdb/duckdb-store'
import { FileBlobStore } from './file-blob-store'
import { Ingester } from './ingester'
import { maintain, makeRoom } from './maintenance'
import type { Command, Report } from './messages'
import type { StoreProcessOptions } from './options'
import type { ProfileStore } from './profile-store'
import { putBackSegments } from './rebuild'
import { SegmentBlobs } from './segment-blobs'

const maintenanceMs = 60_000
const memoryMs = 5_000
const recentMs = 2 * 3_600_000
const lockWaitMs = 5_000
const maxContentsBytes = 32 * 1024 * 1024

interface Running {
  options: StoreProcessOptions
  profiles: ProfileStore
  blobs: FileBlobStore
  reads: SegmentBlobs
  ingester: Ingester
  contents: ContentsCache
  sourceFiles: SourceFiles
  timer: NodeJS.Timeout
}

let running: Running | undefined

const report = (message: Report) => {
  if (process.connected) process.send?.(message)
}

process.on('message', (command: Command) => {
  handle(command).catch((error: unknown) => trouble(error))
})
// The other process is gone: whoever starts next needs the database.
process.on('disconnect', () => process.exit(0))
// The terminal signals the whole group; the other process says when to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

function tellMemory(): void {
  const maxRssBytes = process.resourceUsage().maxRSS * 1024
  report({ type: 'memory', rssBytes: process.memoryUsage.rss(), maxRssBytes, atMs: Date.now() })
}

async function handle(command: Command): Promise<void> {
  if (command.type === 'open') {
    try {
      tellMemory()
      setInterval(tellMemory, memoryMs).unref()
      running = await open(command.options, command.caution)
      report({
        type: 'opened',
        recentUploads: [...(await running.profiles.recentUploads(Date.now() - recentMs))],
      })
    } catch (error) {
      report({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
    return
  }
  if (running === undefined) return
  const { ingester, contents } = running
  if (command.type === 'progress') ingester.progress(command.progress)
  else if (command.type === 'contents') contents.put(command.uploadId, command.contents)
  else if (command.type === 'stop') await stop(running)
  else await answer(running, command)
}

async function answer(store: Running, command: Extract<Command, { id: number }>): Promise<void> {
  const { id } = command
  try {
    report({ type: 'answer', id, bytes: await run(store, command) })
  } catch (error) {
    if (!(error instanceof CodedError)) trouble(error)
    const { code, details } = error instanceof CodedError ? error : new CodedError('internal')
    report({ type: 'refusal', id, code, details })
  }
}

async function run(store: Running, command: Extract<Command, { id: number }>): Promise<Uint8Array> {
  const { profiles, blobs, reads, options, ingester, sourceFiles } = store
  if (command.type === 'settle') await ingester.idle()
  else if (command.type === 'maintain') await maintain(profiles, blobs, options.retention, command.nowMs)
  else if (command.type === 'stats') return Buffer.from(JSON.stringify(await profiles.stats()))
  else {
    const sources = { profiles, blobs: reads, pinned: blobs, limits: options.limits, sourceFiles }
    const result = await runQuery(sources, command.name, command.params)
    return result instanceof Uint8Array ? result : Buffer.from(JSON.stringify(result ?? null))
  }
  return Buffer.from('null')
}

async function open(options: StoreProcessOptions, caution: Caution): Promise<Running> {
  const { dir, limits } = options
  await mkdir(dir, { recursive: true })
  if (options.rebuild) await rebuild(options)
  const profiles = await openColumns(options)
  const blobs = new FileBlobStore(dir)
  const logDir = join(dir, 'log')
  const contents = new ContentsCache(maxContentsBytes)
  const ingester = new Ingester({
    logDir,
    ops: realFiles,
    limits,
    profiles,
    blobs,
    deadLetters: new DeadLetters(realFiles, join(dir, 'dead-letter'), limits.deadLetters),
    count: (name, amount) => {
      if (amount > 0) report({ type: 'count', name, amount })
    },
    onWritten: (progress) => report({ type: 'written', ...progress }),
    onError: trouble,
    takeContents: (uploadId) => contents.take(uploadId),
    onAttempt: (attempt) => report({ type: 'attempt', attempt }),
    caution,
  })
  const timer = setInterval(() => {
    keepHouse(options, profiles, blobs).catch(trouble)
  }, maintenanceMs)
  const sourceFiles = new SourceFiles(options.sourceRoots, limits)
  const reads = new SegmentBlobs(blobs, logDir)
  return { options, profiles, blobs, reads, ingester, contents, sourceFiles, timer }
}

// Opened first, since nobody else may have it open; columns that cannot be opened are why somebody rebuilds.
async function rebuild(options: StoreProcessOptions): Promise<void> {
  try {
    await (await openColumns(options)).close()
  } catch (error) {
    if (error instanceof InUse) throw error
  }
  const segments = await putBackSegments(options.dir)
  trouble(new Error(`The columns are made anew of ${segments} segments.`))
}

// Whoever was killed a moment ago may have left a process that is just about to end.
async function openColumns({
  dir,
  limits,
  memoryBytes,
  threads,
}: StoreProcessOptions): Promise<ProfileStore> {
  const { endpointsPerService, seriesPerService, servicesPerDay } = limits
  const caps = { endpointsPerService, seriesPerService, servicesPerDay }
  const path = join(dir, 'columns.duckdb')
  for (const startedMs = Date.now(); ; ) {
    try {
      return await DuckDbStore.open({ path, memoryBytes, threads, ...caps })
    } catch (error) {
      if (!(error instanceof InUse)) throw error
      if (Date.now() - startedMs > lockWaitMs) throw new InUse(`Another intake uses ${dir}.`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function keepHouse(
  { dir, retention, limits }: StoreProcessOptions,
  profiles: ProfileStore,
  blobs: FileBlobStore,
) {
  await maintain(profiles, blobs, retention, Date.now())
  const { bavail, bsize } = await statfs(dir)
  const missing = 2 * limits.diskFreeBytes - bavail * bsize
  if (missing > 0) {
    const removed = await makeRoom(profiles, blobs, missing)
    if (removed > 0)
      trouble(new Error(`The disk is nearly full: removed the ${removed} oldest segments of raw profiles.`))
  }
}

async function stop({ profiles, ingester, timer }: Running): Promise<void> {
  clearInterval(timer)
  await ingester.stop()
  await profiles.close()
  process.exit(0)
}

function trouble(error: unknown): void {
  report({ type: 'trouble', message: error instanceof Error ? error.message : String(error) })
}
