import { mannWhitney, median } from './stats'

// A difference has to be as large as to matter and larger than chance makes it.
const worseBy = 1.1
const chance = 0.01

export interface Answer {
  question: string
  rows: Row[]
}

interface Row {
  what: string
  better?: string
  values?: { ours?: number[]; tracing?: number[] }
}

/**
 * What ours costs as a multiple of tracing only, before and now, by how much that has become worse, and how likely that is by chance; or why it
 * was not compared.
 */
type Comparison =
  | { worse: boolean; multipleBefore: number; multiple: number; change: number; p: number; not?: never }
  | { worse: false; not: string }

/** Compares what our agent costs with what was kept, row by row: `worse` where both bounds are passed. */
export function compare(
  kept: readonly Answer[],
  asked: readonly Answer[],
): ({ name: string } & Comparison)[] {
  const before = byName(kept)
  const now = byName(asked)
  const gone = [...before.keys()].filter((name) => !now.has(name))
  return [
    ...[...now].map(([name, is]) => ({ name, ...compareCosts(before.get(name), is) })),
    ...gone.map((name) => ({ name, worse: false as const, not: 'it was kept and is not asked any more' })),
  ]
}

function compareCosts(was: number[] | undefined, is: number[]): Comparison {
  if (was === undefined) return { worse: false, not: 'nothing was kept of it' }
  if (![...was, ...is].every(Number.isFinite))
    return { worse: false, not: 'tracing only has a zero, there is no multiple of it' }
  const [multipleBefore, multiple] = [median(was), median(is)]
  const change = multiple / multipleBefore
  const p = mannWhitney(is, was)
  return { worse: change > worseBy && p < chance, multipleBefore, multiple, change, p }
}

/** What is told over tracing only already is in the other rows. */
const byName = (answers: readonly Answer[]) =>
  new Map(
    answers.flatMap(({ question, rows }) =>
      rows.flatMap(({ what, better, values: { ours, tracing } = {} }) =>
        ours === undefined || tracing === undefined
          ? []
          : [[`${question}: ${what}`, costs(ours, tracing, better)] as const],
      ),
    ),
  )

/** By round: ours as a multiple of tracing only, so that a slower machine changes nothing; more is worse. */
function costs(ours: number[], tracing: number[], better: string | undefined): number[] {
  const ratios = ours.map((value, round) => value / (tracing[round] as number))
  return better === 'more' ? ratios.map((ratio) => 1 / ratio) : ratios
}
