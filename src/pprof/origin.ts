import type { Origin } from './answers'

// A map: names come from strangers, and every object has a `constructor`.
const named: ReadonlyMap<string, Origin> = new Map([
  ['(idle)', 'idle'],
  ['(garbage collector)', 'gc'],
  ['(program)', 'native'],
  ['(root)', 'runtime'],
  ['Non-JS threads', 'native'],
])

/** Where a function comes from, by its name and file alone. */
export function originOf({ name, file }: { name: string; file: string }): Origin {
  const known = named.get(name)
  if (known) return known
  if (file === '') return 'native'
  if (/^(node:|internal\/|evalmachine\.|wasm:)/.test(file)) return 'runtime'
  return /[\\/]node_modules[\\/]/.test(file) ? 'library' : 'own'
}
