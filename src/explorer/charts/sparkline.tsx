interface Props {
  /** Null where nothing was measured: the line is broken there. */
  values: readonly (number | null)[]
}

const [width, height] = [164, 24]

/** The shape of a value over time, without its numbers. */
export function Sparkline({ values }: Props) {
  const largest = Math.max(...values.map((value) => value ?? 0), 0)
  if (largest === 0) return <span class="faint">–</span>
  const x = (at: number) => (values.length < 2 ? 0 : (at / (values.length - 1)) * (width - 4) + 2)
  const y = (value: number) => height - 2 - (value / largest) * (height - 4)
  const parts = values.map((value, at) => {
    if (value === null) return ''
    // A point without neighbours would not be seen.
    const isAlone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null
    const start = (values[at - 1] ?? null) === null ? 'M' : 'L'
    return `${start}${x(at).toFixed(1)} ${y(value).toFixed(1)}${isAlone ? 'h2' : ''}`
  })
  return (
    <svg
      class="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={parts.join('')} />
    </svg>
  )
}
