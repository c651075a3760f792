import type { Profile } from '../../pprof/model'
import { endMsReader, labelColumn, labelId, labelNames, labelText } from '../store/labels'
import type { ExpandedSpans } from './span-filter'
import type { SampleFilter } from './types'

export type SampleTest = (sample: number) => boolean

/** Which samples of a raw profile a filter takes. */
export function sampleTest(
  profile: Profile,
  filter: SampleFilter,
  spans: ExpandedSpans | undefined,
): SampleTest {
  const tests: SampleTest[] = []
  const isLabel = (names: readonly string[], wanted: string) => {
    const labels = labelColumn(profile, names)
    tests.push((sample) => {
      const label = labels[sample] as number
      return label < 0 ? wanted === '' : labelText(profile, label) === wanted
    })
  }
  if (filter.endpoint !== undefined) isLabel(labelNames.endpoint, filter.endpoint)
  if (filter.thread !== undefined) isLabel(labelNames.thread, filter.thread)
  for (const [key, value] of Object.entries(filter.labels ?? {})) isLabel([key], value)
  if (filter.fromMs !== undefined || filter.toMs !== undefined) tests.push(timeTest(profile, filter))
  if (filter.function !== undefined) tests.push(functionTest(profile, filter.function))
  if (spans) tests.push(scopeTest(profile, spans))
  return (sample) => tests.every((test) => test(sample))
}

/** Samples of the profiles of a scope that are in it. */
export function scopeTest(profile: Profile, spans: ExpandedSpans): SampleTest {
  if (spans.scope === 'whole') return () => true
  return spans.scope === 'time' ? whileTest(profile, spans) : insideTest(profile, spans)
}

/** Samples that ended while one of the spans lasted. Those without a time are in none. */
function whileTest(profile: Profile, { asked }: ExpandedSpans): SampleTest {
  const ends = labelColumn(profile, labelNames.endNanos)
  return (sample) => {
    const label = ends[sample] as number
    if (label < 0) return false
    const end = profile.samples.labelNum[label] as bigint
    return asked.some(
      ({ startNanos, durationNanos }) => end > startNanos && end <= startNanos + durationNanos,
    )
  }
}

function timeTest(
  profile: Profile,
  { fromMs = 0, toMs = Number.POSITIVE_INFINITY }: Pick<SampleFilter, 'fromMs' | 'toMs'>,
): SampleTest {
  const endMsOf = endMsReader(profile)
  return (sample) => {
    const endMs = endMsOf(sample)
    return endMs !== undefined && endMs > fromMs && endMs <= toMs
  }
}

/** Samples with a function of this name anywhere on their stack. */
function functionTest({ samples, functions, locations, strings }: Profile, name: string): SampleTest {
  const isNamed = Uint8Array.from(functions.name, (text) => Number((strings[text] || '(anonymous)') === name))
  return (sample) => {
    const end = samples.stackStart[sample + 1] as number
    for (let at = samples.stackStart[sample] as number; at < end; at++) {
      const location = samples.stack[at] as number
      const lineEnd = locations.lineStart[location + 1] as number
      for (let line = locations.lineStart[location] as number; line < lineEnd; line++) {
        if (isNamed[locations.lineFunction[line] as number] === 1) return true
      }
    }
    return false
  }
}

/** Samples inside spans, by whatever ids they carry. */
function insideTest(profile: Profile, { inside, roots, traces }: ExpandedSpans): SampleTest {
  const of = (names: readonly string[], ids: ReadonlySet<bigint>): SampleTest => {
    if (ids.size === 0) return () => false
    const labels = labelColumn(profile, names)
    return (sample) => {
      const label = labels[sample] as number
      return label >= 0 && ids.has(labelId(profile, label))
    }
  }
  const tests = [of(labelNames.span, inside), of(labelNames.rootSpan, roots), of(labelNames.trace, traces)]
  return (sample) => tests.some((test) => test(sample))
}
