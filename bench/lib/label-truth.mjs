/**
 * Compares the span labels of wall samples with what the functions' names say (test/fixtures/truth-labels.js).
 * All figures are counts of samples: `inSpan` and `outside` by truth; `wrong` has the label of another span, or one where none is active;
 * `unlabelled` is inside a span by truth and has no label.
 * @param {import('./profile.mjs').Sample[]} samples
 * @param {{spanIds: string[][]}} truth span ids by kind
 */
export function compareLabels(samples, truth) {
  const kindOf = new Map(truth.spanIds.flatMap((ids, kind) => ids.map((id) => [BigInt(id), kind])))
  const counts = { inSpan: 0, outside: 0, wrong: 0, unlabelled: 0 }
  for (const { frames, values, labels } of samples) {
    const named = frames.find(({ name }) => /^(work_\d+|outside)$/.test(name))?.name
    if (named === undefined) continue
    const count = values.sample
    const labelled = labels['span id'] === undefined ? undefined : kindOf.get(BigInt(labels['span id']))
    if (named === 'outside') {
      counts.outside += count
      if (labels['span id'] !== undefined) counts.wrong += count
      continue
    }
    counts.inSpan += count
    if (labels['span id'] === undefined) counts.unlabelled += count
    else if (labelled !== Number(named.slice('work_'.length))) counts.wrong += count
  }
  return counts
}
