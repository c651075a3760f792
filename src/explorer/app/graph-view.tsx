import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { CallGraph } from '../flame/call-graph'
import { formatPercent, formatValue } from '../flame/format'
import { type GraphPlace, startOf } from '../flame/graph-start'
import { curve, nextInGraph, nodeHeight, nodeWidth } from '../flame/graph-walk'
import { shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { change, go, param } from '../url/location'
import type { PlacedGraph } from '../workers/graph-layout'
import { originTexts } from './frame-name'
import { useSandwichHref } from './local-file'

const maxNameChars = 24

interface GraphViewProps {
  graph: CallGraph
  placed: PlacedGraph
  tree: CallTree
  unit: string
  whole: number
}

/** A placed call graph, with its pointer and keys. */
export function GraphView({ graph, placed, tree, unit, whole }: GraphViewProps) {
  const svg = useRef<SVGSVGElement>(null)
  const [focus, setFocus] = useState(0)
  const [view, setView] = useState<GraphPlace>()
  const drag = useRef<{ x: number; y: number; view: GraphPlace; moved: boolean } | undefined>(undefined)
  const text = param('x')
  const sandwichHref = useSandwichHref()
  const usualView = (): GraphPlace => {
    const { clientWidth: width, clientHeight: height } = svg.current as SVGSVGElement
    const fn = param('fn')
    const asked = graph.nodes.findIndex(({ frame }) => fn !== '' && tree.frames[frame]?.name === fn)
    return startOf(graph, placed, { width, height }, asked)
  }
  // What is seen is in the address; else the usual. Before anything can be pressed: what has no place yet cannot be zoomed.
  useLayoutEffect(() => {
    setView(readView(text) ?? usualView())
  }, [placed, text])
  const settle = useRef(0)
  useEffect(() => () => clearTimeout(settle.current), [])
  const look = (next: GraphPlace) => {
    setView(next)
    clearTimeout(settle.current)
    settle.current = window.setTimeout(
      () =>
        change(
          { x: `${next.scale.toFixed(3)}_${next.x.toFixed(0)}_${next.y.toFixed(0)}` },
          { replace: true },
        ),
      200,
    )
  }
  // At once too: where the address has not followed yet, nothing changes in it.
  const showAll = () => {
    clearTimeout(settle.current)
    setView(usualView())
    change({ x: undefined }, { replace: true })
  }
  const zoom = (factor: number, x: number, y: number) => {
    if (!view) return
    const scale = Math.min(3, Math.max(0.1, view.scale * factor))
    const by = scale / view.scale
    look({ scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by })
  }
  // Preact listens to wheels passively.
  useLayoutEffect(() => {
    const element = svg.current as SVGSVGElement
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY)
      else if (view) look({ ...view, x: view.x - event.deltaX, y: view.y - event.deltaY })
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  })
  const choose = (node: number) => {
    const frame = tree.frames[graph.nodes[node]?.frame as number]
    if (frame) change({ fn: frame.name, file: frame.file, x: undefined })
  }
  const walk = (node: number) => {
    setFocus(node)
    svg.current?.querySelector<SVGElement>(`[data-node="${node}"]`)?.focus()
    const place = placed.nodes[node]
    const element = svg.current
    if (!place || !element || !view) return
    const [x, y] = [view.x + place.x * view.scale, view.y + place.y * view.scale]
    if (x < 40 || y < 20 || x > element.clientWidth - 40 || y > element.clientHeight - 20)
      look({
        ...view,
        x: element.clientWidth / 2 - place.x * view.scale,
        y: element.clientHeight / 2 - place.y * view.scale,
      })
  }
  const onKey = (event: KeyboardEvent) => {
    const { clientWidth, clientHeight } = svg.current as SVGSVGElement
    const next = nextInGraph(graph, placed, focus, event.key)
    const frame = tree.frames[graph.nodes[focus]?.frame as number]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (next !== undefined) walk(next)
    else if (event.key === 'Enter' || event.key === ' ') choose(focus)
    else if (event.key === 'Escape') change({ fn: undefined, file: undefined, x: undefined })
    else if (event.key === '+' || event.key === '=') zoom(1.25, clientWidth / 2, clientHeight / 2)
    else if (event.key === '-') zoom(0.8, clientWidth / 2, clientHeight / 2)
    else if (event.key === '0') showAll()
    else if (event.key === 's' && frame) go(sandwichHref(frame))
    else return
    event.preventDefault()
  }
  const largest = Math.max(...graph.edges.map(({ total }) => total), 1)
  return (
    <svg
      class="graph"
      ref={svg}
      aria-label="Call graph. Arrow keys walk, Enter shows what is around a function, Escape all, plus and minus zoom. The table has the same numbers."
      onKeyDown={onKey}
      onPointerDown={(event) => {
        if (event.button !== 0 || !view) return
        drag.current = { x: event.clientX, y: event.clientY, view, moved: false }
      }}
      onPointerMove={(event) => {
        const start = drag.current
        if (!start || event.buttons !== 1) return
        const [dx, dy] = [event.clientX - start.x, event.clientY - start.y]
        if (!start.moved && Math.abs(dx) + Math.abs(dy) < 4) return
        start.moved = true
        look({ ...start.view, x: start.view.x + dx, y: start.view.y + dy })
      }}
    >
      <title>Call graph</title>
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path class="graph-arrow" d="M0 0L8 4L0 8Z" />
        </marker>
      </defs>
      <g transform={view ? `translate(${view.x} ${view.y}) scale(${view.scale})` : 'scale(0)'}>
        {graph.edges.map(({ from, to, total }, i) => (
          <path
            key={`${from} ${to}`}
            class="graph-edge"
            d={curve(placed.edges[i] ?? [])}
            stroke-width={(1 + (5 * total) / largest).toFixed(1)}
            marker-end="url(#arrow)"
          >
            <title>{formatValue(total, unit)}</title>
          </path>
        ))}
        {graph.nodes.map(({ frame: id, self, total }, node) => {
          const frame = tree.frames[id] as CallTree['frames'][number]
          const { x, y } = placed.nodes[node] as { x: number; y: number }
          return (
            // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons.
            <g
              key={id}
              role="button"
              class={`graph-node graph-${frame.origin}`}
              tabIndex={node === focus ? 0 : -1}
              data-node={node}
              transform={`translate(${x - nodeWidth / 2} ${y - nodeHeight / 2})`}
              aria-label={`${shown(frame.name, 100)}, ${originTexts[frame.origin] ?? ''}, total ${formatPercent(total / whole)}, self ${formatPercent(self / whole)}`}
              onFocus={() => setFocus(node)}
              onClick={() => {
                const wasDragged = drag.current?.moved === true
                drag.current = undefined
                if (!wasDragged) choose(node)
              }}
            >
              <title>{`${shown(frame.name, 200)}\n${shown(frame.file, 200)}`}</title>
              <rect width={nodeWidth} height={nodeHeight} rx="6" />
              <rect
                class="graph-share"
                y={nodeHeight - 5}
                width={Math.max(2, nodeWidth * Math.min(1, total / whole))}
                height="5"
                rx="2.5"
              />
              <text x="10" y="16">
                {shown(frame.name, maxNameChars)}
              </text>
              <text class="graph-values" x="10" y="31">
                {formatPercent(total / whole)}
                {self > 0 && ` · self ${formatPercent(self / whole)}`}
              </text>
            </g>
          )
        })}
      </g>
    </svg>
  )
}

function readView(text: string): GraphPlace | undefined {
  const [scale, x, y] = text.split('_').map(Number)
  const isGiven = scale !== undefined && x !== undefined && y !== undefined
  return isGiven && scale >= 0.1 && scale <= 3 && Number.isFinite(x + y) ? { scale, x, y } : undefined
}
