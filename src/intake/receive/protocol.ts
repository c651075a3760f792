import type { CodedError, ErrorCode } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { CounterName } from '../counter-names'
import type { ProfileUpload, SpanBatch } from '../model'

/** One request as a protocol sees it: plain data, since it is read in another thread. */
export interface Message {
  /** After the `?`. */
  query: string
  /** '' where absent. */
  contentType: string
  /** The headers that some protocol reads, by their names in small letters. */
  headers: Readonly<Record<string, string>>
  /** Without its Content-Encoding. */
  body: Uint8Array
}

/** Headers of a request that a Message carries. */
export const messageHeaders = ['datadog-meta-lang', 'datadog-meta-lang-version'] as const

/** What a body holds, and what of it was left out. */
export interface Received {
  uploads: ProfileUpload[]
  batches: SpanBatch[]
  /** Parts that cannot be read. They spoil nothing but themselves. */
  rejected: Rejection[]
  /** What was taken and thrown away, by counter. */
  counts: Partial<Record<CounterName, number>>
}

/** One part that was left out, in the words of the error that alone would have refused the body. */
export interface Rejection {
  code: ErrorCode
  message: string
  /** How many spans or profiles went with it. */
  items: number
}

export interface Reply {
  status: number
  /** JSON where it is no array of bytes. */
  body: unknown
  /** For an array of bytes. */
  contentType?: string
  /** Beside those that every answer has. */
  headers?: Readonly<Record<string, string>>
}

/** How a message is read, and what its sender is told. */
export interface Protocol {
  /** Reads the message. Throws CodedError where nothing of it can be taken. */
  decode(message: Message, limits: LimitValues): Received | Promise<Received>
  /** After all was stored: `ids` are those of the uploads, in their order. */
  accepted(message: Message, rejected: readonly Rejection[], ids: readonly string[]): Reply
  /** The body of a refusal, where the protocol has a form of its own. */
  refused?(error: CodedError, message: Pick<Message, 'contentType'>): Reply
}

/** The media type without its parameters, in small letters. */
export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}
