import { datadogProfiles } from './datadog-profiles'
import { datadogSpans, datadogSpansIndexed } from './datadog-spans'
import { otlpLogs } from './otlp/logs'
import { otlpProfiles } from './otlp/profiles'
import { otlpTraces } from './otlp/traces'
import type { Protocol } from './protocol'
import { pyroscopeIngest } from './pyroscope-ingest'
import { pyroscopePush } from './pyroscope-push'

/** All protocols, by the names that the threads use among themselves. */
export const protocols = {
  datadogProfiles,
  datadogSpans,
  datadogSpansIndexed,
  otlpLogs,
  otlpProfiles,
  otlpTraces,
  pyroscopeIngest,
  pyroscopePush,
} as const satisfies Record<string, Protocol>

export type ProtocolName = keyof typeof protocols
