import type { Signal } from '@preact/signals'
import type { Pointed } from '../flame/elements'
import { formatPercent, formatSigned, formatValue } from '../flame/format'
import type { Picture } from '../flame/picture'
import { shortFile, shown } from '../flame/text'
import { frameOf, pathOf } from '../flame/tree'
import { formatClock } from '../url/time'
import type { TimeScale } from './ruler'

interface Props {
  picture: Picture
  pointed: Signal<Pointed | undefined>
  focus: Signal<number>
  unit: string
  whole: number
  zoomed: number
  onZoom(node: number): void
  time: TimeScale | undefined
}

/** One line above the picture, filled at once: what the pointer or the keyboard is on, else where the picture is zoomed to. */
export function FlameDetails({ picture, pointed, focus, unit, whole, zoomed, onZoom, time }: Props) {
  const at = pointed.value ?? (focus.value > 0 ? { node: focus.value, count: 1, total: 0 } : undefined)
  const { tree } = picture
  return (
    <div class="flame-details">
      {time ? (
        <Moment picture={picture} at={at} time={time} />
      ) : at === undefined ? (
        <Breadcrumb picture={picture} zoomed={zoomed} onZoom={onZoom} />
      ) : at.count > 1 ? (
        <>
          <b>{at.count.toLocaleString('en-US')} small frames</b>
          <Values unit={unit} whole={whole} total={at.total} />
          <span class="faint">click to see them</span>
        </>
      ) : (
        <>
          <b class="cut">{picture.label(at.node)}</b>
          <span class="faint cut">
            {shortFile(frameOf(tree, at.node).file)}
            {frameOf(tree, at.node).line > 0 && `:${frameOf(tree, at.node).line}`}
          </span>
          {tree.sides ? (
            <Change picture={picture} node={at.node} unit={unit} />
          ) : (
            <Values
              unit={unit}
              whole={whole}
              total={tree.total[at.node] as number}
              self={tree.self[at.node] as number}
            />
          )}
        </>
      )}
    </div>
  )
}

function Values({ unit, whole, total, self }: { unit: string; whole: number; total: number; self?: number }) {
  return (
    <span class="values">
      {formatValue(total, unit)} <em>{formatPercent(total / whole)}</em>
      {self !== undefined && (
        <>
          <span class="faint"> self </span>
          {formatValue(self, unit)} <em>{formatPercent(self / whole)}</em>
        </>
      )}
    </span>
  )
}

function Change({ picture, node, unit }: { picture: Picture; node: number; unit: string }) {
  const { aTotal, bTotal } = picture.tree.sides as NonNullable<Picture['tree']['sides']>
  const [a, b] = [aTotal[node] as number, bTotal[node] as number]
  const text = (value: number) => (unit === 'share' ? formatPercent(value) : formatValue(value, unit))
  return (
    <span class="values">
      A {text(a)} <span class="faint">→</span> B {text(b)}{' '}
      <em>{a === 0 ? 'new' : b === 0 ? 'gone' : formatSigned(b / a - 1)}</em>
    </span>
  )
}

/** When something ran, and how long. */
function Moment({ picture, at, time }: { picture: Picture; at: Pointed | undefined; time: TimeScale }) {
  if (at === undefined)
    return <span class="faint">Drag to choose a time for all views, click to zoom, right-click for more</span>
  const { tree, layout } = picture
  const left = layout.left[layout.place[at.node] as number] as number
  const span = time.spans.get(tree.frame[at.node] as number)
  const { file, line } = frameOf(tree, at.node)
  return (
    <>
      <b class="cut">
        {at.count > 1 ? `${at.count.toLocaleString('en-US')} short ones` : picture.label(at.node)}
      </b>
      <span class="faint cut">
        {at.count > 1
          ? 'click to see them'
          : span
            ? `${shown(span.service, 60)} ${shown(span.name, 60)}`
            : shortFile(file)}
        {at.count === 1 && line > 0 && `:${line}`}
      </span>
      <span class="values">
        {formatClock(time.fromMs + left / 1e6)}{' '}
        <em>{formatValue(at.count > 1 ? at.total : (tree.total[at.node] as number), 'nanoseconds')}</em>
        {span && <span class="faint"> whole span {formatValue(span.durationMs * 1e6, 'nanoseconds')}</span>}
      </span>
    </>
  )
}

/** Where the picture is zoomed to: each step leads back. Percentages stay those of the whole. */
function Breadcrumb({
  picture,
  zoomed,
  onZoom,
}: {
  picture: Picture
  zoomed: number
  onZoom(node: number): void
}) {
  if (zoomed === 0) return <span class="faint">Click a frame to zoom, right-click for more</span>
  const path = pathOf(picture.tree, zoomed).reverse()
  const shownPath = path.length > 5 ? [0, ...path.slice(-4)] : path
  return (
    <nav class="crumbs" aria-label="Zoomed to">
      {shownPath.map((node, i) => (
        <span key={node}>
          {i > 0 && <span class="faint">{i === 1 && path.length > 5 ? ' … ' : ' › '}</span>}
          <button type="button" class="link" onClick={() => onZoom(node)}>
            {shown(picture.label(node), 40)}
          </button>
        </span>
      ))}
    </nav>
  )
}
