import { useEffect, useRef } from 'preact/hooks'
import { isDark } from '../app/theme'
import { formatValue } from '../flame/format'
import { change } from '../url/location'
import type { TimeSeries } from './draw'

/** Values over time; dragging over a part of it chooses that time for all views. */
export function Chart({ series, timesMs, marks, unit }: TimeSeries & { unit: string }) {
  const host = useRef<HTMLDivElement>(null)
  const dark = isDark.value
  useEffect(() => {
    let close: (() => void) | undefined
    let isGone = false
    // Loaded by the views that draw over time alone.
    import('./draw').then(({ draw }) => {
      if (isGone) return
      const onRange = (fromMs: number, toMs: number) =>
        change({ t: undefined, from: String(Math.round(fromMs)), to: String(Math.round(toMs)) })
      close = draw(
        host.current as HTMLElement,
        { series, timesMs, ...(marks && { marks }) },
        { text: (value) => formatValue(value, unit), isBinary: unit === 'bytes' },
        dark,
        onRange,
      )
    })
    return () => {
      isGone = true
      close?.()
    }
  }, [series, timesMs, marks, unit, dark])
  return (
    <div
      class="chart"
      ref={host}
      role="img"
      aria-label={`Over time: ${series.map(({ name }) => name).join(', ')}${marks?.length ? `; marked: ${marks.map(({ text }) => text).join(', ')}` : ''}`}
    />
  )
}
