import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Elements, Events, Pointed, Seen } from '../flame/elements'
import { FlameCanvas } from '../flame/flame-canvas'
import { listen } from '../flame/flame-input'
import { type Window, windowOf } from '../flame/layout'
import { findNode, formatNodeId } from '../flame/node-ids'
import { type Looks, type Picture, pictureOf } from '../flame/picture'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'
import { FlameDetails } from './flame-details'
import { FlameMenu, type MenuPlace } from './flame-menu'
import { FlamePath } from './flame-path'
import { Minimap } from './minimap'
import { Ruler, type TimeScale } from './ruler'
import { isDark } from './theme'

export interface FlameViewProps {
  tree: CallTree
  unit: string
  looks: Omit<Looks, 'dark'>
  /** What 100 % is; the tree's own width where absent. */
  whole?: number
  label: string
  /** Where the picture to be saved is found. */
  canvas?: Signal<FlameCanvas | undefined>
  /** The address keeps what is seen of this one. */
  isMain?: boolean
  /** Of a picture over time. */
  time?: TimeScale
}

/** A flame graph with its details, menu and keyboard. */
export function FlameView({
  tree,
  unit,
  looks,
  whole = tree.total[0] ?? 0,
  label,
  canvas,
  isMain = false,
  time,
}: FlameViewProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const sizer = useRef<HTMLDivElement>(null)
  const base = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const engine = useRef<FlameCanvas | undefined>(undefined)
  const pointed = useSignal<Pointed | undefined>(undefined)
  const focus = useSignal(0)
  const menu = useSignal<MenuPlace | undefined>(undefined)
  const own = useSignal<Zoom>({ at: '', x: '' })
  const seen = useSignal<Seen>({ from: 0, to: 1, top: 0, bottom: 1 })
  const dark = isDark.value
  const picture = useMemo(
    () => pictureOf(tree, { ...looks, dark }),
    [tree, dark, looks.colourBy, looks.upwards, looks.find, looks.root],
  )
  const zoom = isMain ? { at: param('at'), x: param('x') } : own.value
  const latest = useRef({ picture, zoom, time })
  const before = latest.current.picture
  // Before what is below reads them: the numbers of nodes are those of one tree.
  if (before.tree !== picture.tree) {
    pointed.value = undefined
    focus.value = sameNode(before, focus.value, picture)
    const place = menu.value
    const node = place ? sameNode(before, place.node, picture) : 0
    menu.value = place && node > 0 ? { ...place, node } : undefined
  }
  latest.current = { picture, zoom, time }

  const setZoom = (next: Zoom, replace: boolean) => {
    if (isMain) change({ ...next }, { replace })
    else own.value = next
  }

  // Before anything can be pressed: a key that comes between the page and its picture would be lost.
  useLayoutEffect(() => {
    const elements = {
      scroller: scroller.current,
      sizer: sizer.current,
      base: base.current,
      overlay: overlay.current,
    } as Elements
    let settle = 0
    // At once too: where the address has not followed yet, nothing changes in it.
    const zoomNode = (node: number) => {
      clearTimeout(settle)
      made.zoom(made.windowOf(node), node)
      setZoom(zoomOf(latest.current.picture, node), false)
    }
    const events: Events = {
      onPoint: (next) => {
        pointed.value = next
      },
      onFocus: (node) => {
        focus.value = node
      },
      onZoom: (window, node) => {
        clearTimeout(settle)
        if (node !== undefined) return zoomNode(node)
        made.zoom(window, undefined)
        // Dragging and wheels come in hundreds: the address follows when they rest.
        settle = window && setTimeout(() => setZoom({ at: '', x: formatWindow(window) }, true), 200)
      },
      onBack: () => {
        const { picture, zoom } = latest.current
        const node = zoom.at === '' ? 0 : findNode(picture.ids, zoom.at)
        zoomNode(node === 0 ? 0 : (picture.tree.parent[node] as number))
      },
      onMenu: (place, x, y) => {
        menu.value = { ...place, x, y }
      },
      onSeen: (next) => {
        seen.value = next
      },
      ...(time && { onSelect: (window: Window) => latest.current.time?.onSelect(window) }),
    }
    const made = new FlameCanvas(elements, events)
    const closed = new AbortController()
    listen(made, elements, events, closed.signal)
    engine.current = made
    if (canvas) canvas.value = made
    return () => {
      clearTimeout(settle)
      closed.abort()
      made.close()
    }
  }, [])

  useLayoutEffect(() => {
    engine.current?.show(picture, focus.value)
  }, [picture])

  useLayoutEffect(() => {
    const node = zoom.at === '' ? 0 : findNode(picture.ids, zoom.at)
    engine.current?.zoom(
      readWindow(zoom.x) ?? (engine.current.windowOf(node) as Window),
      zoom.x === '' ? node : undefined,
    )
  }, [zoom.at, zoom.x, picture])

  const { band } = time ?? {}
  useLayoutEffect(() => engine.current?.mark(band), [band?.from, band?.to, picture])

  return (
    <div class="flame">
      <FlameDetails
        picture={picture}
        pointed={pointed}
        focus={focus}
        unit={unit}
        whole={whole}
        zoomed={zoom.at === '' ? 0 : findNode(picture.ids, zoom.at)}
        onZoom={(node) => setZoom(zoomOf(picture, node), false)}
        time={time}
      />
      {isMain && <Minimap picture={picture} seen={seen} engine={engine} />}
      {time && <Ruler time={time} seen={seen} />}
      <div class="flame-scroll" ref={scroller}>
        <div class="flame-sizer" ref={sizer}>
          <div class="flame-sticky">
            <canvas ref={base} />
            {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys of its own. */}
            <canvas
              ref={overlay}
              tabIndex={0}
              role="application"
              aria-roledescription="flame graph"
              aria-label={`${label}. Arrow keys walk, Enter zooms, Escape goes back, 0 shows all, M opens the menu. The table has the same numbers.`}
            />
          </div>
        </div>
      </div>
      <FlamePath picture={picture} focus={focus} unit={unit} whole={whole} />
      <FlameMenu
        picture={picture}
        menu={menu}
        isDiff={tree.sides !== undefined}
        time={time}
        onZoom={(node) => setZoom(zoomOf(picture, node), false)}
      />
    </div>
  )
}

/** Where a node is in another picture; its root where it is not. */
function sameNode(before: Picture, node: number, after: Picture): number {
  // Over time a path comes again and again: it names no single box.
  if (node === 0 || before.tree.rows || after.tree.rows) return 0
  return Math.max(0, after.ids.indexOf(before.ids[node] as number))
}

/** What is seen, as the address has it: a node, or a part of the width. */
interface Zoom {
  at: string
  x: string
}

function zoomOf({ ids, tree, layout }: Picture, node: number): Zoom {
  // Over time a path comes again and again: it names no single box.
  if (tree.rows) return { at: '', x: formatWindow(windowOf(layout, node)) }
  return { at: node === 0 ? '' : formatNodeId(ids[node] as number), x: '' }
}

const formatWindow = ({ from, to }: Window) =>
  from <= 0 && to >= 1 ? '' : `${Number(from.toPrecision(8))}_${Number(to.toPrecision(8))}`

function readWindow(text: string): Window | undefined {
  const [from, to] = text.split('_').map(Number)
  return from !== undefined && to !== undefined && from >= 0 && to <= 1 && from < to
    ? { from, to }
    : undefined
}
