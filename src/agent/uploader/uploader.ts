import type { Config } from '../config'
import type { Clock } from './clock'
import { compress } from './compress'
import type { Counters } from './counters'
import { buildEvent, type Identity } from './event'
import { exportFiles } from './file-exporter'
import { encodeMultipart, type Part } from './multipart'
import { nextIntervalMs, type Random } from './schedule'
import { maxQueuedBytes, type Sender, type Upload } from './sender'
import { rewriteFrames } from './source-maps/rewrite-frames'
import { SourceMaps } from './source-maps/source-maps'

/** One upload's worth of profiles, as the engine hands it over. */
export interface Interval {
  startMs: number
  endMs: number
  /** pprof, not compressed. */
  wall?: Uint8Array
  space?: Uint8Array
  endpointCounts: Record<string, number>
  measured: Record<string, unknown>
  hasWork: boolean
}

/** Ends the interval; `done` is called exactly once, later. Without an interval: it was lost for want of memory. */
export type Collect = (done: (interval?: Interval) => void) => void

export interface UploaderParts {
  collect: Collect
  identity: Identity
  /** undefined: files only. */
  sender: Sender | undefined
  counters: Counters
  clock: Clock
  random: Random
  log(line: string): void
}

/** A period is not cut below this when an intake finds uploads too large. */
const minPeriodMs = 10_000

/** Of scripts and source maps that are read for one upload; a megabyte takes 5 to 20 ms of this thread's CPU. */
const sourceMapBytes = { periodic: 64 * 1024 * 1024, on_shutdown: 16 * 1024 * 1024 }

/** Ends intervals in time and sees to it that each is uploaded or counted. */
export class Uploader {
  readonly #config: Config
  #sequence = 0
  #finished = 0
  #periodMs: number
  #fileFailed = false
  #closed: Promise<void> | undefined
  readonly #sourceMaps = new SourceMaps()
  readonly #stop = new AbortController()
  /** One collection at a time. */
  #collecting: Promise<unknown> = Promise.resolve()

  constructor(private readonly parts: UploaderParts) {
    this.#config = parts.identity.config
    this.#periodMs = this.#config.uploadPeriodMs
  }

  /** Uploads until close(). Never rejects. */
  async run(): Promise<void> {
    const { clock, random } = this.parts
    while (!this.#stop.signal.aborted) {
      await clock.sleep(nextIntervalMs(this.#finished++, this.#periodMs, random), this.#stop.signal)
      if (this.#stop.signal.aborted) return
      // Not awaited: a slow intake must not stretch the next interval.
      this.flush().catch(() => undefined)
    }
  }

  /** Ends the interval now. Resolves with undefined when its upload arrived or there was nothing to upload, else with why not. */
  async flush(): Promise<string | undefined> {
    const upload = await this.#endInterval('periodic')
    if (upload === undefined || this.parts.sender === undefined) return undefined
    const reason = await this.parts.sender.submit(upload)
    if (reason === 'too_large') this.#halvePeriod(upload)
    return reason
  }

  /** The last upload, `snapshot:on_shutdown`: sent or in the spool when this resolves, before `deadlineMs` of the clock. Again: the same. */
  close(deadlineMs: number): Promise<void> {
    this.#closed ??= this.#close(deadlineMs)
    return this.#closed
  }

  async #close(deadlineMs: number): Promise<void> {
    const { clock, sender } = this.parts
    this.#stop.abort()
    const collected = new AbortController()
    const last = this.#endInterval('on_shutdown')
    const upload = await Promise.race([last, clock.sleep(deadlineMs - clock.nowMs(), collected.signal)])
    collected.abort()
    await sender?.close(upload ?? undefined, deadlineMs - clock.nowMs())
  }

  async #endInterval(kind: 'periodic' | 'on_shutdown'): Promise<Upload | undefined> {
    try {
      const collected = this.#collecting.then(() => new Promise<Interval | undefined>(this.parts.collect))
      this.#collecting = collected.catch(() => undefined)
      const interval = await collected
      if (interval === undefined) throw new Error('out of memory')
      return interval.hasWork ? this.#pack(interval, kind) : undefined
    } catch (error) {
      this.parts.counters.drop('collect_failed')
      this.parts.log(`an interval could not be collected: ${messageOf(error)}`)
      return undefined
    }
  }

  #pack(interval: Interval, kind: 'periodic' | 'on_shutdown'): Upload {
    const { identity, counters } = this.parts
    const profiles: { type: string; bytes: Uint8Array }[] = []
    let hasMissingSourceMaps = false
    this.#sourceMaps.budget = sourceMapBytes[kind]
    for (const type of ['space', 'wall'] as const) {
      const raw = interval[type]
      if (raw) {
        const { pprof, isMapMissing } = this.#translate(raw)
        hasMissingSourceMaps ||= isMapMissing
        profiles.push({ type, bytes: compress(pprof, this.#config.compression) })
      }
      // The uncompressed bytes are the largest thing the worker holds.
      delete interval[type]
    }
    const event = JSON.stringify(
      buildEvent(identity, {
        kind,
        sequence: this.#sequence++,
        startMs: interval.startMs,
        endMs: interval.endMs,
        attachments: profiles.map(({ type }) => `${type}.pprof`),
        endpointCounts: interval.endpointCounts,
        measured: interval.measured,
        uploads: counters.report(),
        hasMissingSourceMaps,
      }),
    )
    if (this.#config.exporters.includes('file')) this.#exportFiles(interval.endMs, profiles, event)
    return toUpload(event, profiles)
  }

  #translate(pprof: Uint8Array): { pprof: Uint8Array; isMapMissing: boolean } {
    try {
      return rewriteFrames(pprof, this.#config.sourceMaps ? this.#sourceMaps : undefined)
    } catch (error) {
      this.parts.log(`frames are shown as they run, without source maps: ${messageOf(error)}`)
      return { pprof, isMapMissing: false }
    }
  }

  #exportFiles(endMs: number, profiles: { type: string; bytes: Uint8Array }[], event: string): void {
    const { counters, log } = this.parts
    const prefix = this.#config.pprofPrefix
    try {
      exportFiles(prefix, endMs, profiles, event)
      this.#fileFailed = false
    } catch (error) {
      counters.drop('file_failed')
      if (!this.#fileFailed)
        log(`profiles cannot be written (DD_PROFILING_PPROF_PREFIX=${prefix}): ${messageOf(error)}`)
      this.#fileFailed = true
    }
  }

  #halvePeriod({ sizes, body }: Upload): void {
    const halved = Math.min(this.#periodMs, Math.max(minPeriodMs, this.#periodMs / 2))
    const parts = Object.entries(sizes).map(([name, bytes]) => `${name} ${bytes.toLocaleString('en')}`)
    this.parts.log(
      `an upload of ${body.length.toLocaleString('en')} bytes (${parts.join(', ')}) is too large; the agent's limit is ` +
        `${maxQueuedBytes.toLocaleString('en')}, the intake may have a lower one. Uploading every ${halved / 1_000} s from now on.`,
    )
    this.#periodMs = halved
  }
}

function toUpload(event: string, profiles: readonly { type: string; bytes: Uint8Array }[]): Upload {
  const parts: Part[] = [
    { field: 'event', filename: 'event.json', contentType: 'application/json', bytes: Buffer.from(event) },
    ...profiles.map(({ type, bytes }) => ({
      field: `${type}.pprof`,
      filename: `${type}.pprof`,
      contentType: 'application/octet-stream',
      bytes,
    })),
  ]
  const sizes = Object.fromEntries(parts.map(({ filename, bytes }) => [filename, bytes.length]))
  return { ...encodeMultipart(parts), sizes }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
