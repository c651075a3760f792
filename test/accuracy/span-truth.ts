import type { Sample } from './samples'

/** Milliseconds, as test/fixtures/truth-spans.js says them: the clocks of thread and machine. */
export interface SpanTime {
  cpu: number
  wall: number
}

/** Of the samples of each span, over what it took; 1 is exact. */
export interface SpanRatios {
  /** Of all spans together: where it is not 1, samples are biased. */
  total: number
  /** Standard deviation over the spans. */
  scatter: number
}

/** Compares the samples that carry each span's label with what it took. */
export function compareSpans(samples: readonly Sample[], truth: readonly SpanTime[]) {
  const sampled = truth.map(() => ({ cpu: 0, wall: 0 }))
  for (const { labels, values } of samples) {
    const span = sampled[Number(labels.n ?? -1)]
    if (span === undefined) continue
    span.cpu += (values.cpu ?? 0) / 1e6
    span.wall += (values.wall ?? 0) / 1e6
  }
  const ratiosOf = (clock: keyof SpanTime): SpanRatios => {
    const total = (spans: readonly SpanTime[]) => spans.reduce((all, span) => all + span[clock], 0)
    const ratios = truth.map((span, n) => (sampled[n]?.[clock] ?? 0) / span[clock])
    const mean = ratios.reduce((all, ratio) => all + ratio, 0) / ratios.length
    const variance = ratios.reduce((all, ratio) => all + (ratio - mean) ** 2, 0) / (ratios.length - 1)
    return { total: total(sampled) / total(truth), scatter: Math.sqrt(variance) }
  }
  return { cpu: ratiosOf('cpu'), wall: ratiosOf('wall') }
}
