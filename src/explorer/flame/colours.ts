import { changeOf } from './diff'
import { packageName } from './groups'
import { packageOf } from './text'
import { type CallTree, frameOf, origins } from './tree'

export type ColourBy = 'origin' | 'package' | 'thread' | 'change'

export interface Palette {
  /** CSS colours; a node's index leads to one, and to the text on it. */
  fills: readonly string[]
  texts: readonly string[]
  page: string
  /** Runs of small boxes, boxes that a search did not find, and frames around. */
  run: string
  faded: string
  fadedText: string
  line: string
  focus: string
  match: string
  /** A part that was chosen. */
  band: string
}

/** Told apart by people who see red and green alike: Okabe and Ito's order of hues. In the order of `origins`. */
const originHues = {
  light: ['#f0a35c', '#7fb8e0', '#b9c0cc', '#e58a9b', '#c3a6dd', '#e4e7eb'],
  dark: ['#c9752b', '#3f7fae', '#5b6473', '#b4566c', '#7f63a8', '#353b45'],
}
/** In the order of `marks`, behind the colours of every way; functions have their own. */
const markHues = {
  light: ['#ffffff', '#eef1f4', '#8fd0bd', '#f0968a', '#e58a9b', '#f2d27a'],
  dark: ['#14171c', '#262b33', '#2f7d69', '#a8473f', '#b4566c', '#8d6f1f'],
}
const packageHues = [28, 205, 145, 280, 50, 330, 175, 245, 95, 0, 60, 225]
const changeSteps = 10

/** Colours of one way of colouring; nodeColours gives each node's index. */
export function paletteOf(by: ColourBy, dark: boolean): Palette {
  const hues = dark ? 'dark' : 'light'
  const own = by === 'origin' ? originHues[hues] : by === 'change' ? changes(dark) : named(dark)
  const fills = [...own, ...markHues[hues]]
  const text = dark ? '#f2f4f7' : '#1d232b'
  return {
    fills,
    texts: fills.map(() => text),
    page: dark ? '#14171c' : '#ffffff',
    run: dark ? '#4a515d' : '#c9ced6',
    faded: dark ? '#23272e' : '#f0f2f4',
    fadedText: dark ? '#7d8694' : '#8a93a0',
    line: dark ? '#14171c' : '#ffffff',
    focus: dark ? '#ffffff' : '#10151b',
    match: dark ? '#e0b341' : '#f6d14a',
    band: dark ? 'rgb(124 179 245 / 18%)' : 'rgb(26 102 201 / 12%)',
  }
}

export function nodeColours(tree: CallTree, by: ColourBy): Uint8Array {
  if (by === 'thread') return threadColours(tree)
  const firstMark = paletteOf(by, false).fills.length - markHues.light.length
  const ofFrame = by === 'change' ? [] : tree.frames.map((frame) => colourOfFrame(frame, by))
  return Uint8Array.from(tree.frame, (id, node) => {
    const mark = tree.rows?.mark[node] ?? 0
    if (mark > 0) return firstMark + mark
    if (by === 'change')
      return tree.sides ? Math.round((changeOf(tree.sides, node) + 1) * changeSteps) : changeSteps
    if (id >= 0) return ofFrame[id] as number
    return colourOfFrame(frameOf(tree, node), by)
  })
}

function colourOfFrame({ file, origin }: CallTree['frames'][number], by: ColourBy): number {
  if (by === 'origin') return origins.indexOf(origin)
  const name = packageOf(file)
  if (name === '' || name === 'node') return name === '' && origin === 'own' ? 0 : 1
  let hash = 0
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0
  return 2 + (hash % hueCount)
}

/** Of a tree that is split by thread: everything as the thread it is below. */
function threadColours({ parent }: CallTree): Uint8Array {
  const colours = new Uint8Array(parent.length).fill(1)
  let threads = 0
  for (let node = 1; node < parent.length; node++) {
    const above = parent[node] as number
    colours[node] = above === 0 ? 2 + (threads++ % hueCount) : (colours[above] as number)
  }
  return colours
}

/** Names and colours of what a picture is coloured by, what weighs most first. */
export function colourEntries(tree: CallTree, by: ColourBy): { name: string; colour: number }[] {
  const colours = nodeColours(tree, by)
  const found = new Map<string, { colour: number; weight: number }>()
  const isThread = by === 'thread'
  for (let node = 1; node < tree.parent.length; node++) {
    if (isThread && tree.parent[node] !== 0) continue
    const frame = frameOf(tree, node)
    const name = isThread ? frame.name : packageName(frame)
    const known = found.get(name) ?? { colour: colours[node] as number, weight: 0 }
    known.weight += ((isThread ? tree.total : tree.self)[node] as number) || 0
    found.set(name, known)
  }
  return [...found]
    .sort(([, a], [, b]) => b.weight - a.weight)
    .map(([name, { colour }]) => ({ name, colour }))
}

const hueCount = packageHues.length

/** Your code, what is in no package, and one for each of many names. */
const named = (dark: boolean) => [
  originHues[dark ? 'dark' : 'light'][0] as string,
  originHues[dark ? 'dark' : 'light'][2] as string,
  ...packageHues.map((hue) => (dark ? `hsl(${hue} 35% 40%)` : `hsl(${hue} 55% 78%)`)),
]

/** Blue is less, red is more; white, or in the dark grey, is the same. */
function changes(dark: boolean): string[] {
  const middle: Rgb = dark ? [62, 68, 78] : [238, 240, 243]
  const less: Rgb = dark ? [44, 120, 190] : [91, 155, 213]
  const more: Rgb = dark ? [200, 66, 60] : [229, 106, 92]
  return Array.from({ length: 2 * changeSteps + 1 }, (_, step) => {
    const change = (step - changeSteps) / changeSteps
    const end = change < 0 ? less : more
    const part = Math.abs(change)
    return `rgb(${middle.map((from, i) => Math.round(from + ((end[i] as number) - from) * part)).join(' ')})`
  })
}

type Rgb = readonly [number, number, number]
