/**
 * Every limit of the system in one table. `value` is counted in `unit`; `then` is what happens where it is reached.
 * Messages name the entry as `limits.<name>`, and the intake's command takes `--limit <name>=<value>`.
 * Where a value comes from another system it is that system's default, or below it (Pyroscope's for profiles, labels and windows).
 */
export const limits = {
  uploadBytes: {
    value: 10_485_760,
    unit: 'bytes',
    of: 'body of one upload, after its Content-Encoding',
    then: 'refused: 413 upload_too_large',
  },
  uploadParts: {
    value: 32,
    unit: 'parts',
    of: 'multipart parts of one upload',
    then: 'refused: 413 too_many_parts',
  },
  partHeaderBytes: {
    value: 8_192,
    unit: 'bytes',
    of: 'header block of one part',
    then: 'refused: 400 multipart_malformed',
  },
  eventBytes: { value: 1_048_576, unit: 'bytes', of: 'event.json', then: 'refused: 413 event_too_large' },
  eventDepth: { value: 32, unit: 'levels', of: 'nesting of event.json', then: 'refused: 400 event_too_deep' },
  attachmentNameChars: {
    value: 256,
    unit: 'characters',
    of: 'name of one attachment',
    then: 'refused: 400 event_invalid',
  },
  uploadInflatedBytes: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'all attachments of one upload, inflated',
    then: 'refused: 413 attachments_too_large',
  },
  profileInflatedBytes: {
    value: 33_554_432,
    unit: 'bytes',
    of: 'one profile, inflated',
    then: 'refused: 413 profile_too_large',
  },
  profileSamples: {
    value: 64_000,
    unit: 'samples',
    of: 'one profile',
    then: 'refused: 400 profile_malformed',
  },
  sampleLabels: { value: 32, unit: 'labels', of: 'one sample', then: 'refused: 400 profile_malformed' },
  labelNameBytes: {
    value: 1_024,
    unit: 'bytes',
    of: 'name of one label',
    then: 'refused: 400 profile_malformed',
  },
  labelValueBytes: {
    value: 2_048,
    unit: 'bytes',
    of: 'value of one label',
    then: 'refused: 400 profile_malformed',
  },
  stackFrames: {
    value: 1_000,
    unit: 'frames',
    of: 'one stack',
    then: 'cut: leaf-most kept, a frame `truncated` at the root',
  },
  symbolBytes: { value: 65_536, unit: 'bytes', of: 'one function or file name', then: 'cut' },
  uploadsInFlight: {
    value: 128,
    unit: 'uploads',
    of: 'uploads received or stored at one time',
    then: 'refused: 429 intake_busy, Retry-After',
  },
  bytesInFlight: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'bodies held in memory at one time',
    then: 'refused: 429 intake_busy, Retry-After',
  },
  uploadsChecked: {
    value: 2,
    unit: 'uploads',
    of: 'uploads inflated and decoded at one time',
    then: 'the others wait',
  },
  drainBytes: {
    value: 33_554_432,
    unit: 'bytes',
    of: 'body that is read only to be dropped',
    then: 'answered at once, connection closed',
  },
  requestMs: {
    value: 30_000,
    unit: 'ms',
    of: 'one request, headers and body',
    then: 'connection closed, 408 where it can still be said',
  },
  headersMs: {
    value: 10_000,
    unit: 'ms',
    of: 'headers of one request, and silence before them',
    then: 'connection closed, 408 where it can still be said',
  },
  keepAliveMs: {
    value: 5_000,
    unit: 'ms',
    of: 'silence between two requests of one connection',
    then: 'connection closed',
  },
  connections: {
    value: 512,
    unit: 'connections',
    of: 'open connections',
    then: 'a new one is closed unanswered',
  },
  shutdownMs: {
    value: 10_000,
    unit: 'ms',
    of: 'requests finished after SIGTERM',
    then: 'their connections are closed',
  },
} as const satisfies Record<string, Limit>

/** One row of the table. */
export interface Limit {
  value: number
  unit:
    | 'bytes'
    | 'ms'
    | 'parts'
    | 'levels'
    | 'characters'
    | 'samples'
    | 'labels'
    | 'frames'
    | 'uploads'
    | 'connections'
  of: string
  then: string
}

export type LimitName = keyof typeof limits

/** Limits as plain numbers, each in the unit of its row. */
export type LimitValues = Record<LimitName, number>

/** The numbers of the table, some of them replaced: what a program is started with. */
export function limitValues(replaced: Partial<LimitValues> = {}): LimitValues {
  const values = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit.value]))
  return { ...(values as LimitValues), ...replaced }
}
