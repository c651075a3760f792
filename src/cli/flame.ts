import type { FlameGraph } from '../pprof/answers'
import { flamePage } from './flame-page'
import { refuseEmpty } from './nothing'
import { readArguments, withUsualValue } from './options'
import { writeOut } from './output'
import { Refusal } from './refusal'

/** `flame <selector> --out <file.html>`: a flame graph as one HTML file that needs nothing else. */
export async function flame(argv: readonly string[]): Promise<string[]> {
  const { client, positionals, range, filter, json, own } = readArguments(argv, { out: { type: 'string' } })
  if (positionals.length === 0) throw new Refusal('expected: flame <selector> --out <file.html>')
  const q = positionals.join(' ')
  const graph = await client.json<FlameGraph>('flame-graph', { q, ...range, ...withUsualValue(filter) })
  if (json) return [JSON.stringify(graph)]
  refuseEmpty(q, range, graph.measure, graph.total)
  return [writeOut(own.out, flamePage(q, graph))]
}
