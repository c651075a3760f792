import { type LimitName, type LimitValues, limits as table } from './limits'

/** Why bytes are not an acceptable profile. */
export type FormatErrorCode =
  /** The bytes end inside a field, or a length points past the end. */
  | 'pprof_truncated'
  /** A varint of more than 10 bytes or more than 64 bits. */
  | 'pprof_varint'
  /** A group, an unknown wire type, field number 0, or a known field with a wire type that is not its own. */
  | 'pprof_wire_type'
  /** More than the limits allow; `knob` names the limit. */
  | 'pprof_limit'
  /** A reference into a table that does not have the entry. */
  | 'pprof_index'
  /** The id of a location, function or mapping is 0, used twice, or above 2^32 - 1. */
  | 'pprof_id'
  /** The string table is absent or does not start with the empty string. */
  | 'pprof_string_table'
  /** A sample has another number of values than the profile has sample types. */
  | 'pprof_values'
  /** Profiles of different sample types cannot be summed. */
  | 'pprof_incompatible'

/** What a FormatError says beside its text, for counters and for answers to a client. */
export interface FormatErrorDetail {
  /** The record or field, in the words of profile.proto: `sample.location_id`, `string_table`. */
  readonly what: string
  /** The value that was refused; as digits where a double cannot hold it. */
  readonly value?: number | string
  /** The first value that is too large, or for a limit the largest that is not. */
  readonly bound?: number
  /** The limit to raise, if it is one: `limits.profileSamples`. */
  readonly knob?: string
}

/**
 * The one error of decoding and merging. The message is a clause without a full stop, made of numbers and of names of
 * ours, never of text out of the profile: it can follow a file's or an attachment's name anywhere.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError'

  constructor(
    readonly code: FormatErrorCode,
    message: string,
    readonly detail: FormatErrorDetail,
  ) {
    super(message)
  }
}

/** `12582912` → `12,582,912`, without Intl: its first use costs tens of milliseconds. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `pprof_limit`, with both numbers and the knob. */
export function limitError(limits: LimitValues, name: LimitName, value: number): FormatError {
  const { unit, of } = table[name]
  const bound = limits[name]
  const knob = `limits.${name}`
  const message = `${grouped(value)} ${unit} or more in ${of}; the limit is ${grouped(bound)} (${knob})`
  return new FormatError('pprof_limit', message, { what: name, value, bound, knob })
}

/** `pprof_index`: `value` is what the profile says, `count` the size of the table it points into. */
export function indexError(what: string, value: number | string, table: string, count: number): FormatError {
  const message = `${what} is ${value}; ${table} has ${grouped(count)} entries`
  return new FormatError('pprof_index', message, { what, value, bound: count })
}
