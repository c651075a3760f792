import { CodedError } from './errors'
import type { LimitValues } from './limits'
import { scanJson } from './scan-json'
import { parseTags, type Tags } from './tags'

/**
 * event.json: the first part of an upload, in the wire's own names (Datadog's intake format, family "node", version "4").
 * Clients may add keys; they are kept in the stored file and ignored here.
 */
export interface UploadEvent {
  /** File names of the attachments, `<type>.pprof`; each is also the filename of one part. */
  attachments: string[]
  /** Interval of the profiles, RFC 3339 with a zone. */
  start: string
  end: string
  family: string
  version: string
  /** See parseTags. */
  tags_profiler: string
  /** Requests per endpoint in the interval. */
  endpoint_counts: Record<string, number>
  /** Names of the labels that the application declared. */
  custom_attributes?: string[]
  /** See parseTags. */
  process_tags?: string
  info?: Record<string, unknown>
}

/** A checked event: `event` holds only the known fields, each of its type. */
export interface ParsedEvent {
  event: UploadEvent
  startMs: number
  endMs: number
  tags: Tags
}

type Bounds = Pick<LimitValues, 'eventBytes' | 'eventDepth' | 'uploadParts' | 'attachmentNameChars'>

/** Reads event.json. Throws CodedError event_too_large, event_too_deep, event_not_json or event_invalid, and nothing else. */
export function parseEvent(bytes: Uint8Array, bounds: Bounds): ParsedEvent {
  if (bytes.length > bounds.eventBytes) {
    throw new CodedError('event_too_large', { actual: bytes.length, limit: bounds.eventBytes })
  }
  const json = parseObject(bytes, bounds.eventDepth)
  const start = string(json, 'start')
  const end = string(json, 'end')
  const event: UploadEvent = {
    attachments: attachments(json, bounds),
    start,
    end,
    family: string(json, 'family'),
    version: string(json, 'version'),
    tags_profiler: string(json, 'tags_profiler'),
    endpoint_counts: counts(json),
  }
  if (json.custom_attributes != null) event.custom_attributes = strings(json, 'custom_attributes')
  if (json.process_tags != null) event.process_tags = string(json, 'process_tags')
  if (json.info != null) event.info = object(json, 'info')
  const startMs = timeMs('start', start)
  const endMs = timeMs('end', end)
  if (endMs < startMs) invalid('end', 'is before start')
  return { event, startMs, endMs, tags: parseTags(event.tags_profiler) }
}

type Json = Record<string, unknown>

function parseObject(bytes: Uint8Array, maxDepth: number): Json {
  let json: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Before JSON.parse, so that whoever walks the object later may recurse.
    scanJson(text, (depth) => {
      if (depth > maxDepth) throw new CodedError('event_too_deep', { actual: depth, limit: maxDepth })
    })
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw new CodedError('event_not_json', { reason: error instanceof Error ? error.message : 'unreadable' })
  }
  if (!isObject(json)) throw new CodedError('event_not_json', { reason: 'it holds another type' })
  return json
}

function attachments(json: Json, bounds: Bounds): string[] {
  const names = strings(json, 'attachments')
  if (names.length === 0) invalid('attachments', 'is empty')
  if (names.length > bounds.uploadParts) {
    throw new CodedError('too_many_parts', { actual: names.length, limit: bounds.uploadParts })
  }
  const seen = new Set<string>()
  for (const name of names) {
    if (name.length === 0 || name.length > bounds.attachmentNameChars) {
      const limit = bounds.attachmentNameChars
      invalid(
        'attachments',
        `has a name of ${name.length} characters; 1 to ${limit} are accepted (limits.attachmentNameChars)`,
      )
    }
    if (seen.has(name)) throw new CodedError('attachment_repeated', { name })
    seen.add(name)
  }
  return names
}

// libdatadog writes null where there are none.
function counts(json: Json): Record<string, number> {
  if (json.endpoint_counts == null) return {}
  const entries = Object.entries(object(json, 'endpoint_counts'))
  for (const [, count] of entries) {
    if (!Number.isSafeInteger(count) || (count as number) < 0) {
      invalid('endpoint_counts', 'has a value that is not a count')
    }
  }
  return Object.fromEntries(entries) as Record<string, number>
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/

function timeMs(field: string, text: string): number {
  const ms = rfc3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) invalid(field, 'is not a time as RFC 3339 writes it')
  return ms
}

function string(json: Json, field: string): string {
  const value = json[field]
  if (typeof value !== 'string') invalid(field, value === undefined ? 'is missing' : 'is not a string')
  return value
}

function strings(json: Json, field: string): string[] {
  const value = json[field]
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    invalid(field, value === undefined ? 'is missing' : 'is not a list of strings')
  }
  return value as string[]
}

function object(json: Json, field: string): Json {
  const value = json[field]
  if (!isObject(value)) invalid(field, 'is not an object')
  return value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(field: string, reason: string): never {
  throw new CodedError('event_invalid', { field, reason })
}
