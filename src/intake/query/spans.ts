import { formatId } from '../store/labels'
import type { SpanRow } from '../store/profile-store'
import { boundedCount, checkRange, invalid } from './params'
import type { Queries, Sources } from './queries'
import { parseSelector } from './selector'
import { checkedId } from './span-filter'
import type { SpanInfo } from './types'

const spanKinds: ReadonlySet<string> = new Set(['server', 'client', 'producer', 'consumer', 'internal'])

/** Spans of a trace, or of an endpoint's requests. */
export async function spans(sources: Sources, params: Parameters<Queries['spans']>[0]): Promise<SpanInfo[]> {
  const { traceId, endpoint, q, kinds, orderBy } = params
  const limit = boundedCount('limit', params.limit, 1_000, 10_000)
  const range = checkRange(params, sources.limits)
  if (traceId === undefined && endpoint === undefined && q === undefined)
    invalid('traceId', 'is missing, and so are endpoint and q')
  if (orderBy !== undefined && orderBy !== 'start' && orderBy !== 'duration')
    invalid('orderBy', 'is neither start nor duration')
  const strange = kinds?.find((kind) => !spanKinds.has(kind))
  if (strange !== undefined) invalid('kinds', `has ${JSON.stringify(strange)}, which is none`)
  const rows = await sources.profiles.spans({
    ...range,
    limit,
    ...(traceId !== undefined && { traceIdsLow: [checkedId('traceId', traceId)] }),
    ...(endpoint !== undefined && { endpoint }),
    ...(q !== undefined && { selector: parseSelector(q) }),
    ...(kinds && { kinds }),
    ...(orderBy && { orderBy }),
  })
  return rows.map(spanInfo)
}

export function spanInfo(span: SpanRow): SpanInfo {
  return {
    traceId: `${formatId(span.traceIdHigh)}${formatId(span.traceIdLow)}`,
    spanId: formatId(span.spanId),
    parentId: formatId(span.parentId),
    ...{
      service: span.service,
      name: span.name,
      resource: span.resource,
      kind: span.kind,
      error: span.error,
    },
    startMs: Number(span.startNanos / 1_000n) / 1_000,
    durationMs: Number(span.durationNanos) / 1e6,
    attributes: Object.fromEntries(span.attributes),
    runtimeId: span.tags['runtime-id'] ?? '',
  }
}
