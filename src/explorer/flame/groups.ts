import { hiddenGroup } from './collapse'
import { packageOf, shortFile } from './text'
import type { Frame } from './tree'

/** What frames are shown as: themselves where it is empty. */
export type MergeBy = '' | 'file' | 'package'

/** Which frames are one, and the frames that stand for them; undefined where all are as they were. */
export function groupsOf(
  frames: readonly Frame[],
  mergeBy: MergeBy,
  isHidden: ((frame: Frame) => boolean) | undefined,
  isFlat: boolean,
): { of(frame: number): number; frames: readonly Frame[] } | undefined {
  if (mergeBy !== 'file' && mergeBy !== 'package') {
    if (!isFlat && isHidden === undefined) return undefined
    const same = isFlat ? sameFunctions(frames) : undefined
    const hidden = frames.map((frame) => isHidden?.(frame) === true)
    return { of: (frame) => (hidden[frame] ? hiddenGroup : (same?.[frame] ?? frame)), frames }
  }
  const made: Frame[] = []
  const ids = new Map<string, number>()
  const of = frames.map((frame) => {
    if (isHidden?.(frame)) return hiddenGroup
    const group = mergeBy === 'file' ? fileOf(frame) : packageFrame(frame)
    const key = `${group.name}\0${group.file}`
    const id = ids.get(key) ?? made.push(group) - 1
    ids.set(key, id)
    return id
  })
  return { of: (frame) => of[frame] as number, frames: made }
}

function fileOf(frame: Frame): Frame {
  return frame.file === '' ? frame : { ...frame, name: shortFile(frame.file), line: 0 }
}

export const ownPackage = '(your code)'

/** The name of a frame's package as it is shown; the frame's own where it is in none. */
export function packageName({ name, file, origin }: Frame): string {
  const found = packageOf(file)
  if (found === 'node') return '(Node.js)'
  return found !== '' ? found : origin === 'own' ? ownPackage : name
}

/** Its file says where the package is, by which it is coloured too. */
function packageFrame(frame: Frame): Frame {
  const found = packageOf(frame.file)
  const file = found === 'node' ? 'node:' : found === '' ? '' : `node_modules/${found}`
  return { ...frame, name: packageName(frame), file, line: 0 }
}

/** Frames of one function that differ in nothing else count as one. */
function sameFunctions(frames: readonly Frame[]): number[] {
  const first = new Map<string, number>()
  return frames.map(({ name, file, line }, id) => {
    const key = `${line} ${file}\0${name}`
    const known = first.get(key) ?? id
    first.set(key, known)
    return known
  })
}
