import type { Params } from './client'
import { Refusal } from './refusal'

/** Throws Refusal where a selection has no profiles: a table of nothing looks like an answer. */
export function refuseNoProfiles(q: string, range: Params, kind: string | undefined, profiles: number): void {
  if (profiles > 0) return
  const what = kind === undefined ? 'profiles' : `${kind} profiles`
  throw new Refusal(`'${q}' has no ${what} ${rangeText(range)}; acme-profiler ls shows what there is`)
}

/** Throws Refusal where the profiles of a selection have nothing of what was asked for: an endpoint that is misspelt passes every bound. */
export function refuseEmpty(
  q: string,
  range: Params,
  { kind, profiles, value }: { kind: string; profiles: number; value: string },
  total: number,
): void {
  refuseNoProfiles(q, range, kind, profiles)
  if (total !== 0) return
  const found = `${profiles} ${kind} profile${profiles === 1 ? '' : 's'}`
  throw new Refusal(
    `'${q}' has ${found} ${rangeText(range)}, and no ${value} in them that fits what is asked for`,
  )
}

/** `from 2026-01-01T10:00:00.000Z to 2026-01-01T11:00:00.000Z` */
export function rangeText({ fromMs, toMs }: Params): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms as number).toISOString())
  return `from ${from} to ${to}`
}
