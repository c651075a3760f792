import { useMemo } from 'preact/hooks'
import type { SpanInfo as Span } from '../../pprof/answers'
import { Empty, Shown } from '../app/states'
import { useQuery } from '../app/use-query'
import { formatValue } from '../flame/format'
import { shown } from '../flame/text'
import { change, param, place } from '../url/location'
import { formatTime, now, range } from '../url/time'
import { Hotspots } from './hotspots'
import { type PlacedSpan, placeSpans } from './waterfall'

const searchedMs = 30 * 86_400_000
const maxRows = 500

/** One trace: what ran when, and what each span spent its time on. */
export function TracePage() {
  const traceId = place.value.path.split('/')[2] ?? ''
  const hasRange = place.value.params.has('from')
  const searched = hasRange ? range.value : { fromMs: now.value - searchedMs, toMs: now.value }
  const known = useMemo(() => searched, [traceId, hasRange, range.value])
  const answer = useQuery<Span[]>('spans', { q: '', traceId, ...known, limit: 1_000 })
  return (
    <section class="page">
      <Shown answer={answer}>
        {(spans) =>
          spans.length === 0 ? (
            <Empty title="No spans of this trace">
              <p>
                They have expired, lie outside of the range, or never came here. Trace {shown(traceId, 40)}.
              </p>
            </Empty>
          ) : (
            <Trace traceId={traceId} spans={spans} range={known} />
          )
        }
      </Shown>
    </section>
  )
}

function Trace({
  traceId,
  spans,
  range,
}: {
  traceId: string
  spans: Span[]
  range: { fromMs: number; toMs: number }
}) {
  const placed = useMemo(() => placeSpans(spans), [spans])
  const chosen = placed.find(({ span }) => span.spanId === param('span')) ?? (placed[0] as PlacedSpan)
  const start = Math.min(...spans.map(({ startMs }) => startMs))
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs))
  return (
    <>
      <div class="page-head">
        <h1 class="cut">{shown(placed[0]?.span.resource ?? '', 120)}</h1>
        <p class="coverage">
          <b>{formatValue((end - start) * 1e6, 'nanoseconds')}</b> {spans.length.toLocaleString('en-US')}{' '}
          {spans.length === 1 ? 'span' : 'spans'} · {formatTime(start)} · trace{' '}
          <code>{shown(traceId, 40)}</code>
        </p>
      </div>
      <div class="waterfall" role="listbox" aria-label="Spans">
        {placed.slice(0, maxRows).map(({ span, depth }) => (
          <Row
            key={span.spanId}
            span={span}
            depth={depth}
            start={start}
            whole={end - start}
            isChosen={span === chosen.span}
          />
        ))}
        {placed.length > maxRows && <p class="faint">{placed.length - maxRows} more spans are not shown.</p>}
      </div>
      <Hotspots span={chosen.span} range={range} />
    </>
  )
}

interface RowProps {
  span: Span
  depth: number
  start: number
  whole: number
  isChosen: boolean
}

function Row({ span, depth, start, whole, isChosen }: RowProps) {
  const left = whole === 0 ? 0 : ((span.startMs - start) / whole) * 100
  const width = whole === 0 ? 100 : (span.durationMs / whole) * 100
  const text =
    span.resource === '' || span.resource === span.name ? span.name : `${span.name}  ${span.resource}`
  return (
    <button
      type="button"
      role="option"
      aria-selected={isChosen}
      class="span"
      onClick={() => change({ span: span.spanId }, { replace: true })}
    >
      <span class="span-name" style={{ paddingLeft: `${8 + Math.min(depth, 12) * 14}px` }}>
        {shown(text, 160)}
        {span.error && <span class="tag bad">error</span>}
      </span>
      <span class="span-lane">
        <span
          class={span.error ? 'span-bar bad' : 'span-bar'}
          style={{ left: `${left}%`, width: `max(2px, ${width}%)` }}
        />
      </span>
      <span class="span-time">{formatValue(span.durationMs * 1e6, 'nanoseconds')}</span>
    </button>
  )
}
