import { collapse } from '../flame/collapse'
import { groupsOf, type MergeBy } from '../flame/groups'
import { invert } from '../flame/invert'
import type { CallTree, Frame } from '../flame/tree'
import { without } from '../flame/without'
import { param } from '../url/location'

/** Names of functions whose frames are left out, and of those whose stacks are. */
export const hiddenNames = () => linesOf(param('hide'))
export const droppedNames = () => linesOf(param('drop'))

const linesOf = (text: string) => text.split('\n').filter((name) => name !== '')

/** The tree without the stacks that the address leaves out. */
export function leftOf(tree: CallTree): CallTree {
  const text = param('drop')
  if (text === '') return tree
  return remembered(tree, `drop ${text}`, () => {
    const dropped = new Set(droppedNames())
    return without(tree, (frame) => dropped.has(frame.name))
  })
}

/** The tree as the address asks for it to be drawn. */
export function shaped(tree: CallTree): CallTree {
  const isInverted = param('shape') === 'inverted'
  const asked = [isInverted, ...['flat', 'merge', 'hide', 'own'].map((name) => param(name))]
  return remembered(tree, JSON.stringify(asked), () => {
    const groups = groupsOf(tree.frames, param('merge') as MergeBy, hiddenTest(), param('flat') === '1')
    const merged = groups ? collapse(tree, groups.of, groups.frames) : tree
    return isInverted ? invert(merged) : merged
  })
}

/** Undefined where nothing is hidden. A thread that the tree is split by is no code of anybody: it stays. */
function hiddenTest(): ((frame: Frame) => boolean) | undefined {
  const names = new Set(hiddenNames())
  const onlyOwn = param('own') === '1'
  const isThread = ({ file, origin }: Frame) => file === '' && origin === 'runtime'
  if (names.size === 0 && !onlyOwn) return undefined
  return (frame) => names.has(frame.name) || (onlyOwn && frame.origin !== 'own' && !isThread(frame))
}

/** A tree is asked for again with every change of looks. */
function remembered(tree: CallTree, key: string, make: () => CallTree): CallTree {
  const known = made.get(tree) ?? new Map<string, CallTree>()
  made.set(tree, known)
  const result = known.get(key) ?? make()
  known.set(key, result)
  return result
}

const made = new WeakMap<CallTree, Map<string, CallTree>>()
