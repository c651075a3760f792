import { functionCosts } from './functions'
import type { TreeColumns } from './tree'

const maxFunctions = 80
const maxCalls = 240

/** A call graph for Graphviz: the costliest functions and the calls among them. `show` writes a value. */
export function toDot(tree: TreeColumns, show: (value: number) => string): string {
  const shown = functionCosts(tree).slice(0, maxFunctions)
  const ids = new Set(shown.map(({ frame }) => frame))
  const whole = Math.max(tree.total[0] as number, Number.MIN_VALUE)
  const nodes = shown.map(({ frame, self, total }) => {
    const { name, file } = tree.frames[frame] as (typeof tree.frames)[number]
    const text = [name, ...(file === '' ? [] : [file]), `${show(self)} of ${show(total)}`]
    return `  n${frame} [label=${quoted(text.join('\n'))} penwidth=${(1 + (4 * total) / whole).toFixed(1)}]`
  })
  const calls = shown
    .flatMap(({ frame, calls }) => [...calls].map(([callee, value]) => ({ frame, callee, value })))
    .filter(({ callee }) => ids.has(callee))
    .sort((a, b) => b.value - a.value)
    .slice(0, maxCalls)
    .map(({ frame, callee, value }) => `  n${frame} -> n${callee} [label=${quoted(show(value))}]`)
  return `digraph profile {\n  node [shape=box]\n${[...nodes, ...calls].join('\n')}\n}\n`
}

function quoted(text: string): string {
  return `"${text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/\p{Cc}/gu, ' ')}"`
}
