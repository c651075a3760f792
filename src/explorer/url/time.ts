import { computed, signal } from '@preact/signals'
import { place } from './location'

export interface Range {
  fromMs: number
  toMs: number
}

export const spans: readonly { name: string; text: string; ms: number }[] = [
  { name: '15m', text: 'Last 15 minutes', ms: 15 * 60_000 },
  { name: '1h', text: 'Last hour', ms: 3_600_000 },
  { name: '6h', text: 'Last 6 hours', ms: 6 * 3_600_000 },
  { name: '1d', text: 'Last 24 hours', ms: 86_400_000 },
  { name: '7d', text: 'Last 7 days', ms: 7 * 86_400_000 },
  { name: '30d', text: 'Last 30 days', ms: 30 * 86_400_000 },
]

export const usualSpan = '1h'

/** Now, as ranges that end now see it: it goes on when live data are wanted, and not while somebody reads. */
export const now = signal(Date.now())

/** The range of the address: `from` and `to` in epoch milliseconds, or `t` up to now. */
export function rangeOf(params: URLSearchParams, nowMs: number, prefix = ''): Range {
  const [fromMs, toMs] = ['from', 'to'].map((name) => Number(params.get(prefix + name) ?? Number.NaN)) as [
    number,
    number,
  ]
  if (Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs) return { fromMs, toMs }
  const name = params.get(`${prefix}t`) ?? usualSpan
  const span = spans.find((one) => one.name === name) ?? (spans[1] as (typeof spans)[number])
  // To whole seconds, so that going back and forth asks the same question.
  const end = Math.ceil(nowMs / 1_000) * 1_000
  return { fromMs: end - span.ms, toMs: end }
}

export const range = computed(() => rangeOf(place.value.params, now.value))

const minStepMs = 60_000

/** Whole minutes, of which a range has so many at most. */
export function stepMsOf({ fromMs, toMs }: Range, steps: number): number {
  return Math.max(minStepMs, Math.ceil((toMs - fromMs) / steps / minStepMs) * minStepMs)
}

export const isLive = computed(() => !place.value.params.has('from'))

const liveMs = 15_000

/** Lets time go on while the page is seen. Called once. */
export function startClock(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible' && isLive.value) now.value = Date.now()
  }, liveMs)
}

export function formatTime(ms: number): string {
  return new Date(ms).toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}

/** The day of its end only where it is another. */
export function formatRange(fromMs: number, toMs: number): string {
  const isOneDay = new Date(fromMs).toDateString() === new Date(toMs).toDateString()
  return `${formatTime(fromMs)} – ${isOneDay ? formatClock(toMs).slice(0, 8) : formatTime(toMs)}`
}

/** `12:01:02.345`: of the day, in the person's time zone. */
export function formatClock(ms: number): string {
  const time = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = `${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
  return `${two(time.getHours())}:${two(time.getMinutes())}:${seconds}`
}

export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1_000))
  if (seconds < 90) return `${seconds} s ago`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 36 * 3_600) return `${Math.round(seconds / 3_600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}
