import { CodedError } from '../../../pprof/errors'
import type { ProfileUpload } from '../../model'
import { ProfileChecker } from '../check-profile'
import { readMessage } from '../messages/read-message'
import * as field from '../messages/schema'
import type { Protocol } from '../protocol'
import { Rejections } from '../rejections'
import { splunkProfile } from '../splunk-profile'
import { tagsOfResource } from '../tags'
import {
  type AnyValue,
  anyValue,
  type KeyValue,
  keyValue,
  plainAttributes,
  type Resource,
  resource,
} from './common'
import { exported, failed } from './reply'

/**
 * OTLP's logs, `POST /v1/logs`, for the profiles that Splunk's clients send in them (github.com/signalfx/gdi-specification,
 * semantic_conventions.md): `body` is a pprof in gzip in base64. Any other record is dropped.
 */
export const otlpLogs: Protocol = {
  async decode(message, limits) {
    const checker = new ProfileChecker(limits)
    const rejected = new Rejections()
    const uploads: ProfileUpload[] = []
    let others = 0
    for (const { resource, scopeLogs } of readMessage(request, message, limits).resourceLogs) {
      const tags = tagsOfResource(plainAttributes(resource?.attributes ?? []), limits)
      for (const record of scopeLogs.flatMap((scope) => scope.logRecords)) {
        const attributes = new Map(plainAttributes(record.attributes))
        if (attributes.get('com.splunk.sourcetype') !== 'otel.profiling') {
          others++
          continue
        }
        try {
          const profile = await readRecord(record, attributes, checker)
          uploads.push({ tags, endpointCounts: {}, event: new Uint8Array(0), ...profile })
        } catch (error) {
          if (!(error instanceof CodedError)) throw error
          rejected.add(error)
        }
      }
    }
    return { uploads, batches: [], rejected: rejected.list(), counts: { 'dropped.log_records': others } }
  },
  accepted: (message, rejected) => exported(message, rejected, 'rejectedLogRecords'),
  refused: failed,
}

async function readRecord(
  { timeUnixNano, body }: LogRecord,
  attributes: ReadonlyMap<string, unknown>,
  checker: ProfileChecker,
): Promise<Pick<ProfileUpload, 'startMs' | 'endMs' | 'profiles'>> {
  const format = attributes.get('profiling.data.format')
  if (format !== 'pprof-gzip-base64')
    throw new CodedError('profile_format_unsupported', { actual: String(format) })
  const bytes = Buffer.from(body?.stringValue ?? '', 'base64')
  const { profile, startMs, endMs } = await splunkProfile(
    bytes,
    attributes.get('profiling.data.type'),
    checker,
  )
  const sentMs = Number(timeUnixNano / 1_000_000n) || Date.now()
  return { startMs: startMs ?? sentMs, endMs: endMs ?? sentMs, profiles: [profile] }
}

interface LogRecord {
  timeUnixNano: bigint
  body: AnyValue | undefined
  attributes: readonly KeyValue[]
}

interface ResourceLogs {
  resource: Resource | undefined
  scopeLogs: readonly { logRecords: readonly LogRecord[] }[]
}

const logRecord = field.schema<LogRecord>({
  timeUnixNano: field.fixed64(1),
  body: field.message(5, () => anyValue),
  attributes: field.list(field.message(6, () => keyValue)),
})

const scopeLogs = field.schema<{ logRecords: readonly LogRecord[] }>({
  logRecords: field.list(field.message(2, () => logRecord)),
})

const resourceLogs = field.schema<ResourceLogs>({
  resource: field.message(1, () => resource),
  scopeLogs: field.list(field.message(2, () => scopeLogs)),
})

const request = field.schema<{ resourceLogs: readonly ResourceLogs[] }>({
  resourceLogs: field.list(field.message(1, () => resourceLogs)),
})
