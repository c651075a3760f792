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
  const whole = (await sumsOf(uploads)).filter(
    ({ startMs, endMs }) => startMs >= (notes[0]?.[0] ?? Infinity) && endMs <= untilMs,
  )
  return whole.map(({ startMs, endMs, wallMs, cpuMs }): ClockRatio => {
    return { wall: wallMs / (endMs - startMs), cpu: cpuMs / (cpuAt(notes, endMs) - cpuAt(notes, startMs)) }
  })
}

/**
 * The same of all intervals together: a thread that has to wait for its CPU ends its part of an interval late, and the next one has the
 * rest. The wall time is that of the whole process. Of the CPU between two notes nobody knows on which side of an interval's end it was
 * used: what the notes allow at most and at least is right.
 */
export async function compareClockInAll(
  uploads: readonly Upload[],
  notes: readonly Note[],
  untilMs: number,
): Promise<ClockRatio> {
  const all = await sumsOf(uploads)
  const sumOf = (rows: typeof all, toMs: (row: (typeof all)[number]) => number) =>
    rows.reduce((total, row) => total + toMs(row), 0)
  const whole = all.filter(({ startMs, endMs }) => startMs >= (notes[0]?.[0] ?? Infinity) && endMs <= untilMs)
  const cpuMs = sumOf(whole, (row) => row.cpuMs)
  const [first, last] = [
    notesAround(notes, whole[0]?.startMs ?? 0),
    notesAround(notes, whole.at(-1)?.endMs ?? 0),
  ]
  const [least, most] = [last[0][1] - first[1][1], last[1][1] - first[0][1]]
  return {
    wall: sumOf(all, (row) => row.wallMs) / sumOf(all, ({ startMs, endMs }) => endMs - startMs),
    cpu: cpuMs / Math.min(Math.max(cpuMs, least), most),
  }
}

async function sumsOf(uploads: readonly Upload[]) {
  const read = await Promise.all(uploads.map((upload) => upload.read()))
  return read.flatMap(({ event, files: { 'wall.pprof': wall } }) => {
    if (wall === undefined) return []
    const samples = samplesOf(wall.pprof)
    const mainThread = samples.filter(({ labels }) => labels['thread name'] === 'Main Event Loop')
    const [wallMs, cpuMs] = [sum(mainThread, 'wall') / 1e6, sum(samples, 'cpu') / 1e6]
    return [{ startMs: Date.parse(event.start), endMs: Date.parse(event.end), wallMs, cpuMs }]
  })
}

function notesAround(notes: readonly Note[], timeMs: number): [before: Note, after: Note] {
  const after = notes.findIndex(([noteMs]) => noteMs >= timeMs)
  return [notes[after - 1] ?? [0, 0], notes[after] ?? [0, 0]]
}

function cpuAt(notes: readonly Note[], timeMs: number): number {
  const [[t0, cpu0], [t1, cpu1]] = notesAround(notes, timeMs)
  return cpu0 + ((timeMs - t0) / (t1 - t0)) * (cpu1 - cpu0)
}
