import { otherName, type TreeColumns, wayTo } from './tree'

const units: Readonly<Record<string, string>> = { nanoseconds: 'nanoseconds', bytes: 'bytes' }

/** speedscope's own JSON (speedscope.app/file-format-schema.json): one sampled profile, whose samples are the distinct stacks. */
export function toSpeedscope(tree: TreeColumns, name: string, unit: string): string {
  const { frames, frame, self } = tree
  const samples: number[][] = []
  const weights: number[] = []
  for (let node = 1; node < tree.parent.length; node++) {
    const weight = self[node] as number
    if (!(weight > 0)) continue
    samples.push(
      wayTo(tree, node).map((one) => {
        const id = frame[one] as number
        return id < 0 ? frames.length : id
      }),
    )
    weights.push(weight)
  }
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: {
      frames: [
        ...frames.map(({ name, file, line }) => ({
          name,
          ...(file !== '' && { file }),
          ...(line > 0 && { line }),
        })),
        { name: otherName },
      ],
    },
    profiles: [
      {
        ...{ type: 'sampled', name, unit: units[unit] ?? 'none', startValue: 0 },
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        ...{ samples, weights },
      },
    ],
    exporter: 'acme-profiler',
  })
}
