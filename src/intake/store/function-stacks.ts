import { U32Column } from '../../pprof/columns'
import { Interner } from '../../pprof/interner'
import type { Profile, Samples } from '../../pprof/model'
import { FrameTable } from './frame-table'
import type { Frame } from './profile-store'

/** The distinct stacks of a profile by function, without lines, and which of them each sample has. */
export interface FunctionStacks {
  frames: Frame[]
  stackStart: Uint32Array
  /** Indices of `frames`, the leaf first. */
  stackFrames: Uint32Array
  ofSample: Uint32Array
}

/** Each function inlined into another is a frame of its own; functions of the same name, file and first line are one. */
export function functionStacks(profile: Profile): FunctionStacks {
  const { samples, locations } = profile
  const { frames, ofFunction } = framesOf(profile)
  const unknown = frames.length
  const lineFrame = locations.lineFunction.map((fn) => ofFunction[fn] ?? unknown)
  const byLocations = new Interner()
  const byFrames = new Interner()
  const ofLocations = new U32Column()
  const ofSample = new Uint32Array(samples.count)
  const stack = new U32Column()
  let usesUnknown = false
  for (let sample = 0; sample < samples.count; sample++) {
    const from = samples.stackStart[sample] as number
    const to = samples.stackStart[sample + 1] as number
    if (sample > 0 && isRepeated(samples, sample)) {
      ofSample[sample] = ofSample[sample - 1] as number
      continue
    }
    const known = byLocations.count
    const row = byLocations.intern(samples.stack, from, to)
    if (row === known) {
      stack.length = 0
      for (let at = from; at < to; at++) {
        const location = samples.stack[at] as number
        const end = locations.lineStart[location + 1] as number
        let line = locations.lineStart[location] as number
        if (line === end) {
          usesUnknown = true
          stack.push(unknown)
        }
        for (; line < end; line++) {
          const frame = lineFrame[line] as number
          if (frame === unknown) usesUnknown = true
          stack.push(frame)
        }
      }
      ofLocations.push(byFrames.intern(stack.data, 0, stack.length))
    }
    ofSample[sample] = ofLocations.data[row] as number
  }
  if (usesUnknown) frames.push({ name: '(unknown)', file: '', line: 0 })
  const { start, cells } = byFrames.finish()
  return { frames, ofSample, stackStart: start, stackFrames: cells }
}

/** Profiles mostly list their samples stack by stack: comparing costs less than a hash. */
function isRepeated({ stack, stackStart }: Samples, sample: number): boolean {
  const from = stackStart[sample] as number
  const to = stackStart[sample + 1] as number
  const depth = to - from
  if (depth !== from - (stackStart[sample - 1] as number)) return false
  for (let at = from; at < to; at++) {
    if (stack[at] !== stack[at - depth]) return false
  }
  return true
}

function framesOf({ functions, strings }: Profile) {
  const table = new FrameTable()
  const ofFunction = new Uint32Array(functions.count)
  for (let fn = 0; fn < functions.count; fn++) {
    const name = strings[functions.name[fn] as number] || '(anonymous)'
    const file = strings[functions.filename[fn] as number] as string
    ofFunction[fn] = table.idOf({ name, file, line: functions.startLine[fn] as number })
  }
  return { frames: table.frames, ofFunction }
}
