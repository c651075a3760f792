import uPlot from 'uplot'

export interface TimeSeries {
  timesMs: readonly number[]
  series: readonly { name: string; values: readonly (number | null)[] }[]
  /** Moments that are worth a line across, such as the first profile of a version. */
  marks?: readonly { timeMs: number; text: string }[]
}

/** Okabe and Ito's colours, which the colour-blind tell apart. */
const strokes = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8a8f98']

const legendPixels = 30

/** Steps of an axis of bytes: those of ten are no round number of MiB. */
const powersOfTwo = Array.from({ length: 50 }, (_, power) => 2 ** power)

/** As high as its host is at least, with the legend. @returns what takes the chart away again */
export function draw(
  host: HTMLElement,
  { timesMs, series, marks = [] }: TimeSeries,
  { text: format, isBinary }: { text(value: number): string; isBinary: boolean },
  dark: boolean,
  onRange: (fromMs: number, toMs: number) => void,
): () => void {
  // A step without neighbours makes no line.
  const alone = series.map(({ values }) =>
    values.flatMap((value, at) =>
      value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : [],
    ),
  )
  const axis = {
    stroke: dark ? '#98a1ae' : '#5c6673',
    grid: { stroke: dark ? '#2a2f37' : '#e8ebef', width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const height = Number.parseFloat(getComputedStyle(host).minHeight) - legendPixels
  const size = () => ({ width: host.clientWidth, height })
  const isShort = timesMs.length < 60
  const chart = new uPlot(
    {
      ...size(),
      // A time at the right edge is half outside.
      padding: [null, 32, null, null],
      legend: { markers: { width: 0, fill: (_, i) => strokes[(i - 1) % strokes.length] as string } },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, (max || 1) * 1.1] } },
      axes: [
        { ...axis, size: 30, space: 84, values: (_, seconds) => clockTimes(seconds) },
        {
          ...axis,
          size: 74,
          values: (_, values) => values.map(format),
          ...(isBinary && { incrs: powersOfTwo }),
        },
      ],
      series: [
        { value: (_, seconds) => (seconds === null ? '' : new Date(seconds * 1_000).toLocaleString()) },
        ...series.map(({ name }, i) => ({
          label: name,
          stroke: strokes[i % strokes.length] as string,
          width: 2,
          points: { size: 6, show: true, filter: () => (isShort ? null : (alone[i] ?? [])) },
          value: (_: uPlot, value: number | null) => (value === null ? '–' : format(value)),
        })),
      ],
      hooks: {
        draw: [(chart) => drawMarks(chart, marks, dark)],
        setSelect: [
          ({ select, posToVal }) => {
            if (select.width > 4)
              onRange(posToVal(select.left, 'x') * 1_000, posToVal(select.left + select.width, 'x') * 1_000)
          },
        ],
      },
    },
    [timesMs.map((ms) => ms / 1_000), ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
    host,
  )
  const observer = new ResizeObserver(() => chart.setSize(size()))
  observer.observe(host)
  return () => {
    observer.disconnect()
    chart.destroy()
  }
}

function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: TimeSeries['marks'] = [], dark: boolean): void {
  const ratio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = dark ? '#98a1ae' : '#5c6673'
  ctx.fillStyle = ctx.strokeStyle
  ctx.textAlign = 'left'
  ctx.lineWidth = ratio
  ctx.font = `${11 * ratio}px system-ui, sans-serif`
  ctx.setLineDash([4 * ratio, 3 * ratio])
  for (const { timeMs, text } of marks) {
    const x = Math.round(valToPos(timeMs / 1_000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const width = ctx.measureText(text).width
    const isRight = x + width + 8 * ratio > bbox.left + bbox.width
    ctx.fillText(text, isRight ? x - width - 4 * ratio : x + 4 * ratio, bbox.top + 11 * ratio)
  }
  ctx.restore()
}

/** Hours and minutes, seconds where they are close, and the day where there are several. */
function clockTimes(seconds: readonly number[]): string[] {
  const isLong = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0) > 86_400
  const isClose = (seconds[1] ?? 0) - (seconds[0] ?? 0) < 60
  const day = { month: 'short', day: 'numeric' } as const
  return seconds.map((second) =>
    new Date(second * 1_000).toLocaleString(undefined, {
      ...(isLong && day),
      ...(isClose && { second: '2-digit' }),
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    }),
  )
}
