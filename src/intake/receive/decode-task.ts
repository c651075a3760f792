import { CodedError, type ErrorCode, type ErrorDetails } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { type ContentEncoding, decodeContent } from '../content-encoding'
import type { Message, Received } from './protocol'
import { type ProtocolName, protocols } from './protocols'

/** A request to be read, and how. The body is still encoded. */
export interface DecodeTask extends Message {
  protocol: ProtocolName
  encoding: ContentEncoding
  limits: LimitValues
}

/** What came of it; an error of the catalogue as data, since classes do not pass between threads. */
export type DecodeResult = { received: Received } | { code: ErrorCode; details: ErrorDetails }

/** Reads one request. Rejects only for faults of ours. */
export async function decodeTask(task: DecodeTask): Promise<DecodeResult> {
  try {
    const body = decodeContent(task.encoding, task.body, task.limits.uploadBytes)
    return { received: await protocols[task.protocol].decode({ ...task, body }, task.limits) }
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, details: error.details }
    throw error
  }
}
