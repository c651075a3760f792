/**
 * What the intake knows, whatever protocol it came by: profiles and spans. Protocols (`receive/`) produce them, the
 * store keeps them, queries read them.
 */

/** Tags of a process: `service`, `env`, `version`, `host`, `runtime-id`, `runtime`, and what else its client sent. */
export type Tags = ReadonlyMap<string, string>

/** What one process measured in one interval: several pprof files that share time and tags. */
export interface ProfileUpload {
  tags: Tags
  /** Epoch milliseconds. */
  startMs: number
  endMs: number
  profiles: ReceivedProfile[]
  /** Finished requests per endpoint in the interval, as far as the client counts them. */
  endpointCounts: Readonly<Record<string, number>>
  /** The client's own description (Datadog's event.json), as received; empty where the protocol has none. */
  event: Uint8Array
}

export interface ReceivedProfile {
  /** File name as the client gave it, `wall.pprof`: data, never a path. */
  name: string
  /** pprof as received: gzip, zstd or bare; checked by a whole decode before it is given on. */
  bytes: Uint8Array
  /** What the columns take of it (store/packed-contents.ts), where whoever checked it has it at hand: it need not be decoded a second time. */
  contents?: Uint8Array
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** One span. Ids are unsigned 64 bit, 0n where there is none. */
export interface Span {
  traceIdHigh: bigint
  traceIdLow: bigint
  spanId: bigint
  parentId: bigint
  service: string
  /** The operation: `web.request`. */
  name: string
  /** What it was done to: `GET /cart/:id`. The endpoint of a server span, as in the profiles' `trace endpoint`. */
  resource: string
  kind: SpanKind
  /** Nanoseconds since the epoch. */
  startNanos: bigint
  durationNanos: bigint
  error: boolean
  /** Bounded in number and length: limits.spanAttributes, limits.spanAttributeBytes. */
  attributes: readonly (readonly [key: string, value: string | number | boolean])[]
}

/** Spans of one process. */
export interface SpanBatch {
  tags: Tags
  spans: Span[]
}

/** Where received data goes. `profiles` and `spans` resolve when it would survive a loss of power, and reject with a CodedError. */
export interface Sink {
  /** Asked before a body is read. Throws CodedError intake_busy where nothing more is taken for now. */
  admit(): void
  /** @returns the upload's id, and whether the very same upload was there already */
  profiles(upload: ProfileUpload): Promise<{ id: string; repeated: boolean }>
  spans(batches: SpanBatch[]): Promise<void>
}
