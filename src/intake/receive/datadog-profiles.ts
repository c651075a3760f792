import { CodedError } from '../../pprof/errors'
import type { ReceivedProfile } from '../model'
import { columnContents } from '../store/column-profile'
import { packContents } from '../store/packed-contents'
import { ProfileChecker } from './check-profile'
import { assemble } from './datadog-event'
import { splitParts } from './multipart'
import type { Protocol } from './protocol'
import { Rejections } from './rejections'
import { boundTags } from './tags'

/**
 * Datadog's upload of profiles, `POST /profiling/v1/input` and `/api/v2/profile`: multipart/form-data with a part `event` and a pprof
 * per attachment. A profile that cannot be read is left out, unless none can; attachments that are no profiles are dropped.
 */
export const datadogProfiles: Protocol = {
  async decode({ body, contentType }, limits) {
    const { eventBytes, parsed, attachments } = assemble(await splitParts(body, contentType, limits), limits)
    const checker = new ProfileChecker(limits)
    const profiles: ReceivedProfile[] = []
    const rejected = new Rejections()
    let others = 0
    let first: CodedError | undefined
    for (const { name, bytes } of attachments) {
      if (!name.endsWith('.pprof')) {
        others++
        continue
      }
      try {
        const contents = packContents(columnContents(checker.check(name, bytes)))
        profiles.push({ name, bytes, contents })
      } catch (error) {
        if (!(error instanceof CodedError)) throw error
        first ??= error
        rejected.add(error)
      }
    }
    if (profiles.length === 0) throw first ?? new CodedError('profile_missing')
    const { startMs, endMs, event } = parsed
    const tags = boundTags(parsed.tags, limits)
    const upload = {
      tags,
      startMs,
      endMs,
      profiles,
      endpointCounts: event.endpoint_counts,
      event: eventBytes,
    }
    const counts = { 'dropped.attachments': others }
    return { uploads: [upload], batches: [], rejected: rejected.list(), counts }
  },
  accepted(_message, rejected, [id]) {
    return { status: 202, body: rejected.length === 0 ? { id } : { id, rejected } }
  },
}
