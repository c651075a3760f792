import { datadogProfiles } from './datadog-profiles'
import { datadogSpans, datadogSpansIndexed } from './datadog-spans'
import type { Protocol } from './protocol'

/** All protocols, by the names that the threads use among themselves. */
export const protocols = {
  datadogProfiles,
  datadogSpans,
  datadogSpansIndexed,
} as const satisfies Record<string, Protocol>

export type ProtocolName = keyof typeof protocols
