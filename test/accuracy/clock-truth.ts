import type { Upload } from './receiver'
import { samplesOf, sum } from './samples'

/** `[epoch ms, CPU ms of the process]`, as test/fixtures/truth-clock.js notes them. */
export type Note = readonly [timeMs: number, cpuMs: number]

/** Of one interval: what the profile adds up to, over what the clock and the kernel counted; 1 is exact. */
export interface ClockRatio {
  wall: number
  cpu: number
}

/** One ratio for each upload whose interval lies between the first note and `untilMs`. */
export async function compareClock(uploads: readonly Upload[], notes: readonly Note[], untilMs: number) {
  const ratios: ClockRatio[] = []
  for (const upload of uploads) {
    const { event, files } = await upload.read()
    const startMs = Date.parse(event.start)
    const endMs = Date.parse(event.end)
    const wall = files['wall.pprof']
    if (!wall || startMs < (notes[0]?.[0] ?? Infinity) || endMs > untilMs) continue
    const samples = samplesOf(wall.pprof)
    const mainThread = samples.filter(({ labels }) => labels['thread name'] === 'Main Event Loop')
    ratios.push({
      wall: sum(mainThread, 'wall') / 1e6 / (endMs - startMs),
      cpu: sum(samples, 'cpu') / 1e6 / (cpuAt(notes, endMs) - cpuAt(notes, startMs)),
    })
  }
  return ratios
}

function cpuAt(notes: readonly Note[], timeMs: number): number {
  const after = notes.findIndex(([noteMs]) => noteMs >= timeMs)
  const [t0, cpu0] = notes[after - 1] ?? [0, 0]
  const [t1, cpu1] = notes[after] ?? [0, 0]
  return cpu0 + ((timeMs - t0) / (t1 - t0)) * (cpu1 - cpu0)
}
