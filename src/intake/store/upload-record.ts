import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw, type ZlibOptions } from 'node:zlib'
import type { ProfileUpload, Span, SpanBatch } from '../model'
import type { LogRecord } from '../wal/record'
import type { ColumnSpan } from './profile-store'

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw)
const inflate = promisify<Buffer, Buffer>(inflateRaw)

/** Header of an upload's record, version 1. Blobs are the profiles in the order of `names`, and the event last. */
export interface UploadHeader {
  v: 1
  id: string
  receivedMs: number
  tags: [key: string, value: string][]
  startMs: number
  endMs: number
  endpointCounts: Record<string, number>
  names: string[]
}

export interface SpansHeader {
  v: 1
  receivedMs: number
}

/** The id of an upload: the same contents with the same tags and times are the same upload, whoever sends them again. 32 hexadecimal digits. */
export function uploadId({ tags, startMs, endMs, profiles }: ProfileUpload): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([[...tags].sort(([a], [b]) => (a < b ? -1 : 1)), startMs, endMs]))
  for (const { name, bytes } of profiles) hash.update(JSON.stringify([name, bytes.length])).update(bytes)
  return hash.digest('hex').slice(0, 32)
}

/** The id of one profile of an upload. */
export function profileId(upload: string, index: number): string {
  return createHash('sha256').update(`${upload}/${index}`).digest('hex').slice(0, 32)
}

export function uploadHeader(upload: ProfileUpload, id: string, receivedMs: number): UploadHeader {
  const { tags, startMs, endMs, endpointCounts, profiles } = upload
  return {
    v: 1,
    id,
    receivedMs,
    tags: [...tags],
    startMs,
    endMs,
    endpointCounts,
    names: profiles.map(({ name }) => name),
  }
}

/** Spans as one deflated blob: as JSON they are ten times its size. */
export function packSpans(batches: readonly SpanBatch[]): Promise<Buffer> {
  const plain = batches.map(({ tags, spans }) => ({ tags: [...tags], spans: spans.map(plainSpan) }))
  return deflate(Buffer.from(JSON.stringify(plain)), { level: 1 })
}

export async function unpackSpans({ blobs }: LogRecord): Promise<ColumnSpan[]> {
  const packed = blobs[0]
  if (packed === undefined) return []
  const batches = JSON.parse((await inflate(packed.bytes)).toString()) as {
    tags: [string, string][]
    spans: PlainSpan[]
  }[]
  return batches.flatMap(({ tags, spans }) => {
    const map = new Map(tags)
    return spans.map((span) => ({ ...spanOf(span), tags: map }))
  })
}

type PlainSpan = [
  ids: [traceHigh: string, traceLow: string, span: string, parent: string],
  texts: [service: string, name: string, resource: string, kind: Span['kind']],
  times: [start: string, duration: string],
  error: boolean,
  attributes: Span['attributes'],
]

function plainSpan(span: Span): PlainSpan {
  const hex = (id: bigint) => id.toString(16)
  return [
    [hex(span.traceIdHigh), hex(span.traceIdLow), hex(span.spanId), hex(span.parentId)],
    [span.service, span.name, span.resource, span.kind],
    [String(span.startNanos), String(span.durationNanos)],
    span.error,
    span.attributes,
  ]
}

function spanOf([ids, texts, times, error, attributes]: PlainSpan): Span {
  const [traceIdHigh, traceIdLow, spanId, parentId] = ids.map((id) => BigInt(`0x${id}`)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  const [service, name, resource, kind] = texts
  const [startNanos, durationNanos] = times.map(BigInt) as [bigint, bigint]
  const ofIds = { traceIdHigh, traceIdLow, spanId, parentId }
  return { ...ofIds, service, name, resource, kind, startNanos, durationNanos, error, attributes }
}
