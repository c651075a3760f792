import { type ChildProcess, fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { CodedError } from '../../pprof/errors'
import type { QueryName } from '../query/queries'
import type { SegmentProgress } from '../wal/wal'
import { ChildEnding } from './child-ending'
import { CrashLedger } from './crash-ledger'
import type { Command, Report } from './messages'
import type { StoreProcessOptions } from './options'

export interface StoreClientOptions extends StoreProcessOptions {
  onReport(report: Extract<Report, { type: 'written' | 'count' | 'trouble' }>): void
  /** The process ended by itself, and is started again. */
  onRestart(reason: string): void
}

interface Waiting {
  done(bytes: Uint8Array): void
  failed(error: CodedError): void
}

type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

const firstRetryMs = 100
const lastRetryMs = 5_000

/** The store's process, seen from the one that receives. It is started again when it ends; what was asked of it then fails with store_unavailable, what is in the log is told to it anew. */
export class StoreClient {
  /** Of every segment that is not whole in the columns and in the blobs. */
  readonly #progress = new Map<string, SegmentProgress>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #ledger = new CrashLedger()
  #child: ChildProcess | undefined
  #opened = false
  #hasOpened = false
  #nextId = 0
  #retryMs = firstRetryMs
  #retry: NodeJS.Timeout | undefined
  #stopping = false

  private constructor(private readonly options: StoreClientOptions) {}

  /** @returns the client, and the uploads of the last hours. Rejects where the store cannot be opened. */
  static async start(options: StoreClientOptions): Promise<{ client: StoreClient; recentUploads: string[] }> {
    const client = new StoreClient(options)
    return { client, recentUploads: await client.#start() }
  }

  /** The process's id while it runs, for its memory. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  progress(progress: SegmentProgress): void {
    this.#progress.set(progress.segment, progress)
    if (this.#opened) this.#send({ type: 'progress', progress })
  }

  contents(uploadId: string, contents: (Uint8Array | undefined)[]): void {
    if (!this.#opened) return
    this.#send({ type: 'contents', uploadId, contents })
  }

  query(name: QueryName, params: unknown): Promise<Uint8Array> {
    return this.#ask({ type: 'query', name, params })
  }

  async settle(): Promise<void> {
    await this.#ask({ type: 'settle' })
  }

  /** JSON in UTF-8. */
  stats(): Promise<Uint8Array> {
    return this.#ask({ type: 'stats' })
  }

  async maintain(nowMs: number): Promise<void> {
    await this.#ask({ type: 'maintain', nowMs })
  }

  /** Lets it finish the batch in hand; within `graceMs` or not at all. Never rejects. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#retry)
    const child = this.#child
    if (child === undefined || hasEnded(child)) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
    this.#send({ type: 'stop' })
    await ended
    clearTimeout(late)
  }

  #ask(command: Without<Extract<Command, { id: number }>, 'id'>): Promise<Uint8Array> {
    if (!this.#opened) return Promise.reject(new CodedError('store_unavailable'))
    const id = this.#nextId++
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed })
      this.#send({ ...command, id } as Command)
    })
  }

  #send(command: Command): void {
    // An error here is the end of the process, which its exit tells.
    this.#child?.send(command, () => {})
  }

  #start(): Promise<string[]> {
    const child = fork(join(__dirname, `process${extname(__filename)}`), {
      serialization: 'advanced',
      // Decoding leaves much behind that is soon garbage: without these two it is a third more memory.
      execArgv: [...process.execArgv, '--max-semi-space-size=4'],
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    const ending = new ChildEnding(child)
    return new Promise((resolve, reject) => {
      child.on('message', (report: Report) => {
        if (report.type === 'opened') resolve(report.recentUploads)
        if (report.type === 'failed') reject(new Error(report.message))
        if (report.type === 'memory') ending.memory(report)
        else this.#handle(report)
      })
      // Then there is no process, and nothing else tells of it.
      child.on('error', (error) => {
        reject(error)
        if (child.pid === undefined) this.#ended(error.message)
      })
      // Not at `exit`: what it said last may still be on its way.
      child.once('close', (code, signal) => {
        if (child.pid === undefined) return
        const reason = ending.tell(code, signal)
        reject(new Error(`The store's process ended with ${reason}.`))
        this.#ended(reason)
      })
      const { onReport: _, onRestart: __, ...options } = this.options
      // Once: a process that is started again goes on.
      const rebuild = options.rebuild && !this.#hasOpened
      this.#send({ type: 'open', options: { ...options, rebuild }, caution: this.#ledger.caution() })
    })
  }

  #handle(report: Exclude<Report, { type: 'memory' }>): void {
    if (report.type === 'opened') {
      this.#opened = true
      this.#hasOpened = true
      this.#retryMs = firstRetryMs
      for (const progress of this.#progress.values()) this.#send({ type: 'progress', progress })
    } else if (report.type === 'failed') {
      this.#child?.kill('SIGKILL')
    } else if (report.type === 'answer' || report.type === 'refusal') {
      const waiting = this.#waiting.get(report.id)
      this.#waiting.delete(report.id)
      if (report.type === 'answer') waiting?.done(report.bytes)
      else waiting?.failed(new CodedError(report.code, report.details))
    } else if (report.type === 'attempt') {
      this.#ledger.attempt(report.attempt)
    } else {
      if (report.type === 'written' && report.whole) this.#progress.delete(report.segment)
      this.options.onReport(report)
    }
  }

  #ended(reason: string): void {
    const wasOpen = this.#opened
    this.#opened = false
    for (const waiting of this.#waiting.values()) waiting.failed(new CodedError('store_unavailable'))
    this.#waiting.clear()
    // One that never opened is told to whoever started it.
    if (this.#stopping || (!wasOpen && this.#retryMs === firstRetryMs)) return
    const left = this.#ledger.crashed()
    this.options.onRestart(
      left === undefined ? reason : `${reason} at the record ${left}, which is left out now`,
    )
    this.#retry = setTimeout(() => {
      this.#start().catch((error: Error) =>
        this.options.onReport({ type: 'trouble', message: error.message }),
      )
    }, this.#retryMs)
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2)
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}
