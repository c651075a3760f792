import { grouped } from './format-error'

/**
 * The catalogue of coded errors: code, HTTP status of the answer, message. `{x}` is filled from the error's details; numbers get
 * thousands separators. A message about a limit says both numbers and the knob.
 */
export const errors = {
  content_type_unsupported: {
    status: 415,
    message:
      'Content-Type is {actual}; an upload is multipart/form-data with one boundary of 1 to 70 characters.',
  },
  content_encoding_unsupported: {
    status: 415,
    message: 'Content-Encoding is {actual}; identity, gzip, deflate and zstd are accepted.',
  },
  content_encoding_corrupt: { status: 400, message: 'The body is not valid {encoding}: {reason}.' },
  upload_too_large: {
    status: 413,
    message: 'Upload is {actual} bytes or more; the limit is {limit} (limits.uploadBytes).',
  },
  too_many_parts: {
    status: 413,
    message: 'Upload has {actual} parts or more; the limit is {limit} (limits.uploadParts).',
  },
  multipart_malformed: { status: 400, message: 'The multipart body is malformed: {reason}.' },
  event_missing: { status: 400, message: 'Upload has no part "event".' },
  event_too_large: {
    status: 413,
    message: 'event.json is {actual} bytes or more; the limit is {limit} (limits.eventBytes).',
  },
  event_too_deep: {
    status: 400,
    message: 'event.json is nested {actual} levels deep or more; the limit is {limit} (limits.eventDepth).',
  },
  event_not_json: { status: 400, message: 'event.json is not a JSON object in UTF-8: {reason}.' },
  event_invalid: { status: 400, message: 'event.json: {field} {reason}.' },
  attachment_missing: {
    status: 400,
    message: 'event.json lists attachment {name}; no part has that filename.',
  },
  attachment_repeated: { status: 400, message: 'Attachment {name} occurs more than once.' },
  attachment_unlisted: {
    status: 400,
    message: 'Part {name} is not listed in the attachments of event.json.',
  },
  attachment_encoding_unsupported: {
    status: 415,
    message: 'Attachment {name} is compressed with {actual}; gzip, zstd and none are accepted.',
  },
  attachment_corrupt: { status: 400, message: 'Attachment {name} cannot be inflated: {reason}.' },
  attachments_too_large: {
    status: 413,
    message:
      'Attachments are {actual} bytes or more when inflated; the limit is {limit} (limits.uploadInflatedBytes).',
  },
  profile_too_large: {
    status: 413,
    message:
      'Attachment {name} is {actual} bytes or more when inflated; the limit is {limit} (limits.profileInflatedBytes).',
  },
  profile_malformed: { status: 400, message: 'Attachment {name} is not a valid profile: {reason}.' },
  body_malformed: { status: 400, message: 'The body is not valid {format}: {reason}.' },
  body_too_deep: {
    status: 400,
    message: 'The body is nested {actual} levels deep or more; the limit is {limit} (limits.bodyDepth).',
  },
  body_too_complex: {
    status: 413,
    message: 'The body holds {actual} values or more; the limit is {limit} (limits.bodyValues).',
  },
  body_type_unsupported: { status: 415, message: 'Content-Type is {actual}; {accepted} is accepted here.' },
  profile_format_unsupported: { status: 415, message: 'Profiles as {actual} are not read; pprof is.' },
  profile_missing: { status: 400, message: 'The body holds no profile.' },
  span_invalid: { status: 400, message: 'Span {actual}: {field} {reason}.' },
  too_many_spans: {
    status: 413,
    message: 'The body holds {actual} spans or more; the limit is {limit} (limits.requestSpans).',
  },
  spans_too_large: {
    status: 413,
    message: 'The spans hold {actual} characters or more; the limit is {limit} (limits.requestSpanChars).',
  },
  check_timeout: {
    status: 503,
    message: 'Reading the body took more than {limit} ms (limits.checkMs); nothing of it was kept.',
  },
  check_memory: {
    status: 413,
    message: 'Reading the body took more than {limit} bytes of memory (limits.checkHeapBytes).',
  },
  host_not_allowed: {
    status: 403,
    message:
      '{header} names {actual}; an address, localhost and the names in ACME_INTAKE_ALLOWED_HOSTS are answered.',
  },
  key_missing: {
    status: 401,
    message: 'This intake asks for a key: DD-API-KEY, X-Acme-Key or Authorization.',
  },
  key_unknown: { status: 403, message: 'The key is not one of this intake.' },
  key_limited: {
    status: 429,
    message: 'This key sent more than {limit} {unit} a second ({knob}). Try again later.',
  },
  intake_busy: {
    status: 429,
    message: 'The intake holds {actual} {unit}; the limit is {limit} ({knob}). Try again later.',
  },
  route_unknown: { status: 404, message: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, message: 'This address takes {allowed}.' },
  request_malformed: { status: 400, message: 'The request is not valid HTTP/1.1.' },
  request_headers_too_large: { status: 431, message: 'The request headers are too large.' },
  request_timeout: {
    status: 408,
    message: 'The request did not arrive within {limit} ms (limits.requestMs, limits.headersMs).',
  },
  storage_full: { status: 507, message: 'The disk of the store is full; nothing of this upload was kept.' },
  storage_failed: {
    status: 500,
    message: 'The store failed with {reason}; nothing of this request was kept.',
  },
  store_unavailable: {
    status: 503,
    message: 'The store is starting again; nothing is lost. Try again later.',
  },
  query_invalid: { status: 400, message: 'The query is not valid: {field} {reason}.' },
  query_too_large: {
    status: 400,
    message:
      'The query asks for {actual} {unit}; the limit is {limit} ({knob}). A shorter range or a narrower selector asks for less.',
  },
  not_found: { status: 404, message: 'There is no {what} {id}; it may have expired.' },
  source_unavailable: { status: 404, message: 'The text of {file} is not shown: {reason}.' },
  internal: { status: 500, message: 'The intake failed on this request; nothing of it was kept.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof errors

/** What fills the placeholders of a message. */
export type ErrorDetails = Readonly<Record<string, string | number>>

/** An error of the catalogue. `message` is ready for a person, `code` for a program, `status` for HTTP. */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(errors[code].message.replace(/\{(\w+)\}/g, (whole, key: string) => show(details[key], whole)))
    this.name = 'CodedError'
    this.code = code
    this.status = errors[code].status
    this.details = details
  }
}

// Details come from strangers and end in logs and answers: one line, a bounded length.
function show(detail: string | number | undefined, missing: string): string {
  if (detail === undefined) return missing
  if (typeof detail === 'number') return grouped(detail)
  const shown = detail.length > 120 ? `${detail.slice(0, 120)}...` : detail
  return shown.replace(/[^\x20-\x7e]/g, '?')
}
