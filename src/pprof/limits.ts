/**
 * Every limit of the system in one table. `value` is counted in `unit`; `reached` is what happens there.
 * Messages name the entry as `limits.<name>`, and the intake's command takes `--limit <name>=<value>`.
 * Values for profiles and labels start from Pyroscope's defaults. Wider: profileSamples has room for 40 threads at 99 Hz for 65 s with
 * a time on each sample, labelValueBytes for the longest path of Linux.
 */
export const limits = {
  uploadBytes: {
    value: 10_485_760,
    unit: 'bytes',
    of: 'body of one upload, after its Content-Encoding',
    reached: 'refused: 413 upload_too_large',
  },
  uploadParts: {
    value: 32,
    unit: 'parts',
    of: 'multipart parts of one upload',
    reached: 'refused: 413 too_many_parts',
  },
  partHeaderBytes: {
    value: 8_192,
    unit: 'bytes',
    of: 'header block of one part',
    reached: 'the rest of that block is not seen',
  },
  eventBytes: { value: 1_048_576, unit: 'bytes', of: 'event.json', reached: 'refused: 413 event_too_large' },
  eventDepth: {
    value: 32,
    unit: 'levels',
    of: 'nesting of event.json',
    reached: 'refused: 400 event_too_deep',
  },
  attachmentNameChars: {
    value: 256,
    unit: 'characters',
    of: 'name of one attachment',
    reached: 'refused: 400 event_invalid',
  },
  uploadInflatedBytes: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'all attachments of one upload, inflated',
    reached: 'refused: 413 attachments_too_large',
  },
  profileInflatedBytes: {
    value: 33_554_432,
    unit: 'bytes',
    of: 'one profile, inflated',
    reached: 'refused: 413 profile_too_large',
  },
  profileSamples: {
    value: 262_144,
    unit: 'samples',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  sampleLabels: { value: 32, unit: 'labels', of: 'one sample', reached: 'refused: 400 profile_malformed' },
  labelNameBytes: {
    value: 1_024,
    unit: 'bytes',
    of: 'name of one label',
    reached: 'refused: 400 profile_malformed',
  },
  labelValueBytes: {
    value: 8_192,
    unit: 'bytes',
    of: 'value of one label',
    reached: 'refused: 400 profile_malformed',
  },
  stackFrames: {
    value: 1_000,
    unit: 'frames',
    of: 'one stack',
    reached: 'cut: leaf-most kept, a frame `truncated` at the root',
  },
  symbolBytes: { value: 65_536, unit: 'bytes', of: 'one function or file name', reached: 'cut' },
  profileStackEntries: {
    value: 16_000_000,
    unit: 'frames',
    of: 'stacks of one profile together',
    reached: 'refused: 400 profile_malformed',
  },
  profileLabels: {
    value: 1_000_000,
    unit: 'labels',
    of: 'samples of one profile together',
    reached: 'refused: 400 profile_malformed',
  },
  profileSampleTypes: {
    value: 16,
    unit: 'sample types',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  profileLocations: {
    value: 500_000,
    unit: 'locations',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  profileLines: {
    value: 1_000_000,
    unit: 'lines',
    of: 'locations of one profile together: several per location where calls were inlined',
    reached: 'refused: 400 profile_malformed',
  },
  profileFunctions: {
    value: 500_000,
    unit: 'functions',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  profileStrings: {
    value: 500_000,
    unit: 'strings',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  profileMappings: {
    value: 10_000,
    unit: 'mappings',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  profileComments: {
    value: 1_000,
    unit: 'comments',
    of: 'one profile',
    reached: 'refused: 400 profile_malformed',
  },
  bodyDepth: {
    value: 64,
    unit: 'levels',
    of: 'nesting of a body in MessagePack, JSON or protobuf',
    reached: 'refused: 400 body_too_deep',
  },
  bodyValues: {
    value: 1_000_000,
    unit: 'values',
    of: 'messages, lists and scalars of one body in JSON or protobuf',
    reached: 'refused: 413 body_too_complex',
  },
  requestSpans: {
    value: 50_000,
    unit: 'spans',
    of: 'one request',
    reached: 'refused: 413 too_many_spans',
  },
  requestSpanChars: {
    value: 33_554_432,
    unit: 'characters',
    of: 'texts of all spans of one request',
    reached: 'refused: 413 spans_too_large',
  },
  spanTextBytes: {
    value: 4_096,
    unit: 'bytes',
    of: 'service, name or resource of one span',
    reached: 'cut',
  },
  spanAttributes: {
    value: 64,
    unit: 'attributes',
    of: 'one span',
    reached: 'the others are dropped, and counted',
  },
  spanAttributeBytes: {
    value: 2_048,
    unit: 'bytes',
    of: 'key or value of one attribute',
    reached: 'value cut; an attribute of such a key dropped',
  },
  uploadTags: {
    value: 64,
    unit: 'tags',
    of: 'one upload',
    reached: 'the others are dropped',
  },
  tagBytes: {
    value: 1_024,
    unit: 'bytes',
    of: 'key or value of one tag',
    reached: 'value cut; a tag of such a key dropped',
  },
  uploadsInFlight: {
    value: 128,
    unit: 'uploads',
    of: 'uploads received or stored at one time',
    reached: 'refused: 429 intake_busy, Retry-After',
  },
  bytesInFlight: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'bodies held in memory at one time',
    reached: 'refused: 429 intake_busy, Retry-After',
  },
  uploadsChecked: {
    value: 2,
    unit: 'uploads',
    of: 'uploads inflated and decoded at one time',
    reached: 'the others wait',
  },
  uploadsWaiting: {
    value: 64,
    unit: 'uploads',
    of: 'received uploads that wait to be inflated and decoded',
    reached: 'refused: 429 intake_busy, Retry-After; a new one before its body is read',
  },
  checkMs: {
    value: 20_000,
    unit: 'ms',
    of: 'inflating and decoding one upload',
    reached: 'refused: 503 check_timeout',
  },
  checkHeapBytes: {
    value: 402_653_184,
    unit: 'bytes',
    of: 'JavaScript heap of the thread that checks',
    reached: 'refused: 413 check_memory',
  },
  keyRequestsPerSecond: {
    value: 1_000,
    unit: 'requests',
    of: 'one key in a second; twice as many at once',
    reached: 'refused: 429 key_limited, Retry-After',
  },
  keyBytesPerSecond: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'bodies of one key in a second; twice as many at once',
    reached: 'refused: 429 key_limited, Retry-After',
  },
  walSegmentBytes: {
    value: 67_108_864,
    unit: 'bytes',
    of: 'one segment of the log',
    reached: 'the next record starts a new segment',
  },
  walGroupBytes: {
    value: 4_194_304,
    unit: 'bytes',
    of: 'records that share one write and sync, unless one alone has more',
    reached: 'the others wait for the next',
  },
  walBacklogBytes: {
    value: 1_073_741_824,
    unit: 'bytes',
    of: 'records that are not in the columns yet',
    reached: 'refused: 429 intake_busy, Retry-After; from 80 % on before its body is read',
  },
  diskFreeBytes: {
    value: 268_435_456,
    unit: 'bytes',
    of: 'free space of the disk below which nothing is taken',
    reached: 'refused: 507 storage_full',
  },
  endpointsPerService: {
    value: 1_000,
    unit: 'endpoints',
    of: 'distinct endpoints of one service in the columns',
    reached: 'summed up as `(other)`; the raw profile keeps them',
  },
  seriesPerService: {
    value: 20_000,
    unit: 'series',
    of: 'new series (a process, and a kind of profile) of one service and day in the columns',
    reached: 'summed up as process `(other)` of the service, and counted; the log keeps their tags',
  },
  servicesPerDay: {
    value: 1_000,
    unit: 'services',
    of: 'distinct services of one day in the columns',
    reached: 'summed up as service `(other)`, and counted; the log keeps their tags',
  },
  deadLetters: {
    value: 1_000,
    unit: 'profiles',
    of: 'profiles that could not be brought into the columns, kept aside',
    reached: 'counted and not kept aside',
  },
  queryDays: { value: 400, unit: 'days', of: 'range of one query', reached: 'refused: 400 query_too_large' },
  queryProfiles: {
    value: 1_000,
    unit: 'profiles',
    of: 'raw profiles read for one query',
    reached: 'refused: 400 query_too_large',
  },
  insightProfiles: {
    value: 40,
    unit: 'profiles',
    of: 'raw profiles read for the insights of one range, of each of wall and heap',
    reached: 'the newest of each service are read, which the answer says',
  },
  timelineMinutes: {
    value: 15,
    unit: 'minutes',
    of: 'range of one timeline',
    reached: 'refused: 400 query_too_large',
  },
  timelineSamples: {
    value: 500_000,
    unit: 'samples',
    of: 'one timeline',
    reached: 'the rest is counted and left out',
  },
  sourceBytes: {
    value: 4 * 1024 * 1024,
    unit: 'bytes',
    of: 'one source file that is shown',
    reached: 'refused: 404 source_unavailable',
  },
  sourceMapBytes: {
    value: 32 * 1024 * 1024,
    unit: 'bytes',
    of: 'one source map that is read for the sources in it',
    reached: 'its sources are not shown',
  },
  drainBytes: {
    value: 33_554_432,
    unit: 'bytes',
    of: 'body that is read only to be dropped',
    reached: 'answered at once, connection closed',
  },
  requestMs: {
    value: 30_000,
    unit: 'ms',
    of: 'one request, headers and body',
    reached: 'connection closed, 408 where it can still be said',
  },
  headersMs: {
    value: 10_000,
    unit: 'ms',
    of: 'headers of one request, and silence before them',
    reached: 'connection closed, 408 where it can still be said',
  },
  keepAliveMs: {
    value: 5_000,
    unit: 'ms',
    of: 'silence between two requests of one connection',
    reached: 'connection closed',
  },
  connections: {
    value: 512,
    unit: 'connections',
    of: 'open connections',
    reached: 'a new one is closed unanswered',
  },
  shutdownMs: {
    value: 1_500,
    unit: 'ms',
    of: 'requests finished after SIGTERM',
    reached: 'their connections are closed',
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
    | 'sample types'
    | 'locations'
    | 'lines'
    | 'functions'
    | 'strings'
    | 'mappings'
    | 'comments'
    | 'uploads'
    | 'connections'
    | 'values'
    | 'spans'
    | 'attributes'
    | 'tags'
    | 'requests'
    | 'series'
    | 'services'
    | 'endpoints'
    | 'profiles'
    | 'days'
    | 'minutes'
  of: string
  reached: string
}

export type LimitName = keyof typeof limits

/** Limits as plain numbers, each in the unit of its row. */
export type LimitValues = Record<LimitName, number>

/** The numbers of the table, some of them replaced: what a program is started with. */
export function limitValues(replaced: Partial<LimitValues> = {}): LimitValues {
  const values = Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit.value]))
  return { ...(values as LimitValues), ...replaced }
}
