import { parseId } from '../store/labels'
import type { Selection, SpanRow } from '../store/profile-store'
import { invalid } from './params'
import type { Sources } from './queries'
import type { SampleFilter, SpanScope } from './types'

/** Which ids in the labels of a sample say that it is inside. */
export interface ExpandedSpans {
  scope: SpanScope
  /** The spans that were asked for, as far as they are known. */
  asked: readonly SpanRow[]
  /** The spans themselves and all below them, as far as spans are known. */
  inside: ReadonlySet<bigint>
  /** Local roots whose every sample is inside: the asked spans. */
  roots: ReadonlySet<bigint>
  /** Low halves of trace ids whose every sample is inside. */
  traces: ReadonlySet<bigint>
  /** Ids under which the profiles can be found. */
  locateIds: bigint[]
}

export const maxSpans = 20_000

/** Undefined where the filter does not ask about spans. */
export async function expandFilter(
  sources: Sources,
  { spanIds, traceId, spanScope }: SampleFilter,
  range: Selection,
): Promise<ExpandedSpans | undefined> {
  const scope = checkedScope(spanScope)
  if (spanIds === undefined && traceId === undefined) return undefined
  const asked = (spanIds ?? []).map((text) => checkedId('spanIds', text))
  const traceIdLow = traceId === undefined ? undefined : checkedId('traceId', traceId)
  const times = { fromMs: 0, toMs: range.toMs }
  const found =
    traceIdLow !== undefined
      ? await sources.profiles.spans({ ...times, traceIdsLow: [traceIdLow], limit: maxSpans })
      : await sources.profiles.spans({ ...times, spanIds: asked, limit: maxSpans })
  return expandSpans(sources, found, asked, traceIdLow, times, scope)
}

/** All that is below spans, in the traces they are part of. `asked` are the spans' own ids, also where no span is known. */
export async function expandSpans(
  { profiles }: Sources,
  found: readonly SpanRow[],
  asked: readonly bigint[],
  traceIdLow: bigint | undefined,
  times: { fromMs: number; toMs: number },
  scope: SpanScope,
): Promise<ExpandedSpans> {
  const traceIdsLow = [...new Set(found.map((span) => span.traceIdLow))]
  // Beyond the limit samples are still found by their local roots.
  const all =
    traceIdLow === undefined && found.length > 0
      ? await profiles.spans({ ...times, traceIdsLow, limit: maxSpans })
      : found
  const inside = new Set(traceIdLow === undefined ? asked : all.map(({ spanId }) => spanId))
  const children = new Map<bigint, bigint[]>()
  for (const { spanId, parentId } of all) {
    const siblings = children.get(parentId)
    if (siblings) siblings.push(spanId)
    else children.set(parentId, [spanId])
  }
  const open = [...inside]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of children.get(id) ?? []) {
      if (inside.has(child)) continue
      inside.add(child)
      open.push(child)
    }
  }
  const traces = new Set(traceIdLow === undefined ? [] : [traceIdLow])
  const locateIds = new Set([...asked, ...traces, ...all.map(({ spanId }) => spanId), ...traceIdsLow])
  const isAlone = scope === 'span'
  return {
    ...{ scope, asked: found },
    inside: isAlone ? new Set(asked) : inside,
    roots: new Set(isAlone ? [] : traceIdLow === undefined ? asked : inside),
    traces: isAlone ? new Set() : traces,
    locateIds: [...locateIds],
  }
}

export function checkedScope(scope: string = 'subtree'): SpanScope {
  const known = spanScopes.find((one) => one === scope)
  return known ?? invalid('scope', `is none of ${spanScopes.join(', ')}`)
}

const spanScopes: readonly SpanScope[] = ['subtree', 'span', 'time', 'whole']

export function checkedId(field: string, text: string): bigint {
  if (typeof text !== 'string' || !/^([0-9a-f]{16}){1,2}$/i.test(text)) {
    invalid(field, `has ${JSON.stringify(text)}; an id is 16 or 32 hexadecimal digits`)
  }
  return parseId(text)
}
