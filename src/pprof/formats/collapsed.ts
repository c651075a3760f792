import { nameOf, type TreeColumns, wayTo } from './tree'

/** Collapsed stacks, as flamegraph.pl reads them: `main;handle;parse 120` a line, values rounded to whole units. */
export function toCollapsed(tree: TreeColumns): string {
  const lines: string[] = []
  for (let node = 1; node < tree.parent.length; node++) {
    const value = Math.round(tree.self[node] as number)
    if (value === 0) continue
    const names = wayTo(tree, node).map((one) =>
      nameOf(tree, one)
        .replace(/[;\s]+/g, ' ')
        .trim(),
    )
    lines.push(`${names.join(';')} ${value}\n`)
  }
  return lines.join('')
}
