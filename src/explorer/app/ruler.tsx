import type { Signal } from '@preact/signals'
import type { Seen } from '../flame/elements'
import type { Window } from '../flame/layout'
import type { TimeRows } from '../flame/time-rows'
import { formatClock } from '../url/time'

/** What the width of a picture over time means, and what a person chose of it. */
export interface TimeScale {
  fromMs: number
  toMs: number
  spans: TimeRows['spans']
  band: Window | undefined
  onSelect(window: Window): void
}

const maxTicks = 9

/** Times above a picture, as far as it is seen. */
export function Ruler({ time: { fromMs, toMs }, seen }: { time: TimeScale; seen: Signal<Seen> }) {
  const { from, to } = seen.value
  const length = toMs - fromMs
  const [startMs, endMs] = [fromMs + from * length, fromMs + to * length]
  const stepMs = stepOf((endMs - startMs) / maxTicks)
  const ticks: number[] = []
  for (
    let ms = Math.ceil(startMs / stepMs) * stepMs;
    ms < endMs && ticks.length <= 2 * maxTicks;
    ms += stepMs
  )
    ticks.push(ms)
  return (
    <div class="ruler" aria-hidden="true">
      {ticks.map((ms) => (
        <span key={ms} style={{ left: `${((ms - startMs) / (endMs - startMs)) * 100}%` }}>
          {stepMs < 1_000 ? formatClock(ms) : formatClock(ms).slice(0, 8)}
        </span>
      ))}
    </div>
  )
}

/** 1, 2 or 5 of a power of ten up to a second; from there on what a clock has. */
function stepOf(minMs: number): number {
  for (const ms of [1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000])
    if (minMs <= ms && minMs > 500) return ms
  const power = 10 ** Math.floor(Math.log10(Math.max(1e-3, minMs)))
  return ([1, 2, 5, 10].find((step) => step * power >= minMs) ?? 10) * power
}
