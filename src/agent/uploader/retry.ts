import type { DropReason } from './counters'
import type { Random } from './schedule'

/** How one attempt ended. */
export type Outcome =
  | { kind: 'sent'; status: number }
  | { kind: 'answered'; status: number; retryAfterMs: number | undefined }
  | { kind: 'failed'; code: string }

/** What to do after an attempt. `holdMs`: no upload at all before that time has passed; the intake asked for it. */
export type Verdict =
  | { action: 'done' }
  | { action: 'retry'; delayMs: number }
  | { action: 'give up'; reason: DropReason; keep: boolean; holdMs: number }

const maxAttempts = 4
const firstDelayMs = 1_000
const maxDelayMs = 30_000

/**
 * Decides after attempt `attempt` (from 1). Full jitter: a random part of 1 s, 2 s, 4 s. An attempt is not begun when the cycle would be over
 * by then, because the next upload is due. Retry-After is honoured, up to one cycle. Of the 4xx only 408 and 429 are worth a second try.
 */
export function judge(
  outcome: Outcome,
  attempt: number,
  leftMs: number,
  cycleMs: number,
  random: Random,
): Verdict {
  if (outcome.kind === 'sent') return { action: 'done' }
  const reason = reasonOf(outcome)
  if (reason === 'refused' || reason === 'too_large')
    return { action: 'give up', reason, keep: false, holdMs: 0 }
  const askedMs = outcome.kind === 'answered' ? Math.min(outcome.retryAfterMs ?? 0, cycleMs) : 0
  const delayMs = Math.max(askedMs, Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1)) * random())
  if (attempt >= maxAttempts || delayMs >= leftMs)
    return { action: 'give up', reason, keep: true, holdMs: askedMs }
  return { action: 'retry', delayMs }
}

function reasonOf(outcome: Exclude<Outcome, { kind: 'sent' }>): DropReason {
  if (outcome.kind === 'failed') return outcome.code === 'timeout' ? 'timeout' : 'network'
  if (outcome.status === 429) return 'rate_limited'
  if (outcome.status === 413) return 'too_large'
  if (outcome.status === 408) return 'timeout'
  return outcome.status >= 500 ? 'server_error' : 'refused'
}

/** Retry-After in milliseconds: whole seconds or an HTTP date; undefined for anything else. A date in the past is 0. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  // Date.parse alone takes "-5" and "Soon, 1" for dates.
  const ms = /^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.max(0, ms - nowMs)
}
