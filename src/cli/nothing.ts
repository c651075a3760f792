import type { Params } from './client'
import { Refusal } from './refusal'

/** Throws Refusal where a selection has no profiles: a table of nothing looks like an answer. */
export function refuseEmpty(
  q: string,
  range: Params,
  { kind, profiles }: { kind: string; profiles: number },
): void {
  if (profiles > 0) return
  throw new Refusal(
    `'${q}' has no ${kind} profiles ${rangeText(range)}; acme-profiler ls shows what there is`,
  )
}

/** `from 2026-01-01T10:00:00.000Z to 2026-01-01T11:00:00.000Z` */
export function rangeText({ fromMs, toMs }: Params): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms as number).toISOString())
  return `from ${from} to ${to}`
}
