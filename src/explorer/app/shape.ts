import { collapse } from '../flame/collapse'
import { invert } from '../flame/invert'
import type { CallTree } from '../flame/tree'

/** The tree as a person asked for it. Remembered: a tree is asked for again with every change of looks. */
export function shaped(tree: CallTree, shape: string, isFlat: boolean): CallTree {
  const known = made.get(tree) ?? new Map<string, CallTree>()
  made.set(tree, known)
  const key = `${shape === 'inverted'} ${isFlat}`
  const flat = () => (isFlat ? collapse(tree, sameFunction(tree)) : tree)
  const result = known.get(key) ?? (shape === 'inverted' ? invert(flat()) : flat())
  known.set(key, result)
  return result
}

const made = new WeakMap<CallTree, Map<string, CallTree>>()

/** Frames of one function that differ in nothing else count as one. */
function sameFunction({ frames }: CallTree): (frame: number) => number {
  const first = new Map<string, number>()
  const same = frames.map(({ name, file, line }, id) => {
    const key = `${line} ${file}\0${name}`
    const known = first.get(key) ?? id
    first.set(key, known)
    return known
  })
  return (frame) => same[frame] as number
}
