import type { Upload } from './receiver'
import { type Sample, samplesOf, sum } from './samples'

/**
 * What is expected of the profiles of a program, in the JSON format of DataDog/prof-correctness (README.md, analysis/analysis.go). Of it:
 * everything but `scale_by_duration: true`, `note` and `allow_first_profile_failure`.
 */
export interface Expectations {
  test_name: string
  stacks: ExpectedStacks[]
  scale_by_duration: false
}

export interface ExpectedStacks {
  /** Of the samples' types. */
  'profile-type': string
  /** Files that it holds for, each by itself; all of them where absent. */
  'pprof-regex'?: string
  'stack-content': ExpectedStack[]
}

export interface ExpectedStack {
  /** Somewhere in the names of a stack, from the root to the leaf, joined by `;`. */
  regular_expression: string
  /** Of the profile. */
  percent?: number
  value?: number
  /** Points for `percent`, percent of it for `value`. */
  error_margin: number
  /** What a sample must have too to be counted, each of them. */
  labels?: ({ key: string; values: [string] } | { key: string; values_regex: string })[]
}

export interface Finding {
  /** What was looked at, for a person. */
  what: string
  expected: number
  found: number
  isWithin: boolean
}

/** A profile by the name of the file that Datadog's profiler would write it into. */
type Files = Map<string, Sample[]>

/**
 * The samples of all uploads as Datadog's profiler divides them into files: `wall_worker_0` of the main thread and the threads that are
 * not JavaScript's, `wall_worker_1` and so on of its workers in the order of their ids, `space`. Time in which an event loop
 * waits is left out: that profiler does not count it.
 */
export async function filesOf(uploads: readonly Upload[]): Promise<Files> {
  const read = await Promise.all(uploads.map((upload) => upload.read()))
  const samples = (name: string) =>
    read.map(({ files }) => (files[name] === undefined ? [] : samplesOf(files[name].pprof)))
  const wall = samples('wall.pprof')
    .flat()
    .filter(({ frames }) => frames[0]?.name !== '(idle)')
  const threadOf = ({ labels }: Sample) => Number(labels['thread id'] === 'NA' ? 0 : labels['thread id'])
  const threads = [...new Set([0, ...wall.map(threadOf)])].sort((a, b) => a - b)
  return new Map([
    ...threads.map((id, n) => [`wall_worker_${n}`, wall.filter((s) => threadOf(s) === id)] as const),
    // Snapshots: the last says it all.
    ['space', samples('space.pprof').at(-1) ?? []],
  ])
}

/** One finding for each expectation and file. Throws where an expectation has no file. */
export function compare(expectations: Expectations, files: Files): Finding[] {
  return expectations.stacks.flatMap((stacks) => {
    const type = stacks['profile-type']
    const regex = stacks['pprof-regex']
    const chosen: [string, Sample[]][] =
      regex === undefined
        ? [['all', [...files.values()].flat()]]
        : [...files].filter(([name]) => new RegExp(regex).test(name))
    if (chosen.length === 0) throw new Error(`${expectations.test_name}: no file is a ${regex}`)
    return chosen.flatMap(([name, samples]) =>
      stacks['stack-content'].flatMap((expected) => findings(name, type, samples, expected)),
    )
  })
}

function findings(name: string, type: string, samples: Sample[], expected: ExpectedStack): Finding[] {
  const { regular_expression, percent, value, error_margin } = expected
  const stack = new RegExp(regular_expression)
  const matching = samples.filter((sample) => stack.test(foldedStack(sample)) && hasLabels(sample, expected))
  const found = sum(matching, type)
  const what = `${name} ${type} ${regular_expression} ${JSON.stringify(expected.labels ?? [])}`
  const result: Finding[] = []
  if (percent !== undefined) {
    const total = sum(samples, type)
    const share = total === 0 ? 0 : (found / total) * 100
    const isWithin = total > 0 && Math.abs(share - percent) <= error_margin
    result.push({ what: `${what} %`, expected: percent, found: share, isWithin })
  }
  if (value !== undefined) {
    const isWithin = Math.abs(found - value) <= (value * error_margin) / 100
    result.push({ what, expected: value, found, isWithin })
  }
  return result
}

const foldedStack = ({ frames }: Sample) =>
  frames
    .map(({ name }) => name)
    .reverse()
    .join(';')

const hasLabels = ({ labels }: Sample, { labels: expected = [] }: ExpectedStack) =>
  expected.every((label) => {
    const value = labels[label.key]
    if (value === undefined) return false
    return 'values' in label
      ? label.values[0] === String(value)
      : RegExp(label.values_regex).test(String(value))
  })
