import type { Sample } from './samples'

/** Counts of samples. `inSpan` and `outside` by truth. */
export interface LabelCounts {
  inSpan: number
  outside: number
  /** With the label of another span, or with one where none is active. */
  wrong: number
  /** Inside a span by truth, and without a label. */
  unlabelled: number
}

/** Compares span labels of wall samples with what the functions' names say; `spanIds` by kind (test/fixtures/truth-labels.js). */
export function compareLabels(samples: readonly Sample[], spanIds: readonly string[][]): LabelCounts {
  const kindOf = new Map(spanIds.flatMap((ids, kind) => ids.map((id) => [BigInt(id), kind] as const)))
  const counts = { inSpan: 0, outside: 0, wrong: 0, unlabelled: 0 }
  for (const { frames, values, labels } of samples) {
    const name = frames.find((frame) => /^(work_\d+|outside)$/.test(frame.name))?.name
    if (name === undefined) continue
    const count = values.sample ?? 0
    const spanId = labels['span id']
    counts[name === 'outside' ? 'outside' : 'inSpan'] += count
    if (name === 'outside') counts.wrong += spanId === undefined ? 0 : count
    else if (spanId === undefined) counts.unlabelled += count
    else if (kindOf.get(BigInt(spanId)) !== Number(name.slice('work_'.length))) counts.wrong += count
  }
  return counts
}
