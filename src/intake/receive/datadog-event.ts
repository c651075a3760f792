import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import { type ParsedEvent, parseEvent } from '../../pprof/upload'
import type { Part } from './multipart'

/** An upload taken apart: the event as received and as understood, and the attachments it lists, in its order. */
export interface Assembled {
  eventBytes: Buffer
  parsed: ParsedEvent
  attachments: Part[]
}

/** Joins the parts with the event's list. Throws what parseEvent throws, event_missing and attachment_*. */
export function assemble(parts: Part[], limits: LimitValues): Assembled {
  const byName = new Map<string, Part>()
  for (const part of parts) {
    const name = part.field === 'event' ? 'event.json' : part.name
    if (byName.has(name)) throw new CodedError('attachment_repeated', { name })
    byName.set(name, part)
  }
  const event = byName.get('event.json')
  if (event === undefined) throw new CodedError('event_missing')
  byName.delete('event.json')
  const parsed = parseEvent(event.bytes, limits)
  const attachments = parsed.event.attachments.map((name) => {
    const part = byName.get(name)
    if (part === undefined) throw new CodedError('attachment_missing', { name })
    byName.delete(name)
    return part
  })
  for (const name of byName.keys()) throw new CodedError('attachment_unlisted', { name })
  return { eventBytes: event.bytes, parsed, attachments }
}
