import { CodedError, type ErrorCode, type ErrorDetails } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { type ContentEncoding, decodeContent } from '../content-encoding'
import type { Message, Received } from './protocol'
import { type ProtocolName, protocols } from './protocols'

/** A request to be read, and how. The body is still encoded. */
export interface DecodeTask extends Message, InflateTask {
  protocol: ProtocolName
}

/** A body that is read where it was received, but not inflated there. */
export interface InflateTask {
  encoding: ContentEncoding
  body: Uint8Array
  limits: LimitValues
}

/** What came of a task; an error of the catalogue as data, since classes do not pass between threads. */
export type Outcome<T> = { value: T } | { code: ErrorCode; details: ErrorDetails }

/** Reads one request. Rejects only for faults of ours. */
export function decodeTask(task: DecodeTask): Promise<Outcome<Received>> {
  return outcomeOf(() => {
    const body = inflated(task)
    return protocols[task.protocol].decode({ ...task, body }, task.limits)
  })
}

/** Takes the encoding off. Rejects only for faults of ours. */
export function inflateTask(task: InflateTask): Promise<Outcome<Uint8Array>> {
  return outcomeOf(() => inflated(task))
}

const inflated = ({ encoding, body, limits }: InflateTask) =>
  decodeContent(encoding, body, limits.uploadBytes)

async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, details: error.details }
    throw error
  }
}
