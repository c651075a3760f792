import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Seen } from '../flame/elements'
import type { FlameCanvas } from '../flame/flame-canvas'
import { paintSmall } from '../flame/paint-small'
import type { Picture } from '../flame/picture'

interface Props {
  picture: Picture
  seen: Signal<Seen>
  engine: { current: FlameCanvas | undefined }
}

/** All of a picture in a few lines, and what of it is seen; dragging shows another part. The keyboard has its own ways. */
export function Minimap({ picture, seen, engine }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement
    const draw = () => {
      element.width = Math.round(element.clientWidth * devicePixelRatio)
      element.height = Math.round(element.clientHeight * devicePixelRatio)
      const context = element.getContext('2d', { alpha: false })
      if (context && element.width > 0) paintSmall(context, picture)
    }
    const observer = new ResizeObserver(draw)
    observer.observe(element)
    return () => observer.disconnect()
  }, [picture])
  const move = (event: PointerEvent) => {
    if (event.buttons !== 1) return
    const element = event.currentTarget as HTMLElement
    element.setPointerCapture(event.pointerId)
    const box = element.getBoundingClientRect()
    const { from, to, top, bottom } = seen.value
    const half = (to - from) / 2
    const center = (event.clientX - box.left) / box.width
    engine.current?.moveTo({ from: center - half, to: center + half })
    engine.current?.scrollTo((event.clientY - box.top) / box.height - (bottom - top) / 2)
  }
  const { from, to, top, bottom } = seen.value
  const isWhole = to - from > 0.999 && bottom - top > 0.999
  return (
    <div class="minimap" aria-hidden="true" onPointerDown={move} onPointerMove={move}>
      <canvas ref={canvas} />
      {!isWhole && (
        <span
          class="minimap-seen"
          style={{
            left: `${from * 100}%`,
            width: `${(to - from) * 100}%`,
            top: `${top * 100}%`,
            height: `${(bottom - top) * 100}%`,
          }}
        />
      )}
    </div>
  )
}
