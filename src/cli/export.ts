import type { FlameGraph, TopFunctions } from '../pprof/answers'
import { toCollapsed, toDot, toMarkdown, toSpeedscope } from '../pprof/formats/all'
import { scale } from '../pprof/top-text'
import { refuseEmpty } from './nothing'
import { readArguments, withUsualValue } from './options'
import { writeOut } from './output'
import { Refusal } from './refusal'

const maxNodes = 131_072

/** A flame graph in a text format. */
const formats: Readonly<Record<string, (graph: FlameGraph, title: string) => string>> = {
  collapsed: (graph) => toCollapsed(treeOf(graph)),
  speedscope: (graph, title) => toSpeedscope(treeOf(graph), title, graph.measure.unit),
  dot: (graph) => toDot(treeOf(graph), scale(graph.measure.unit, graph.total)),
  markdown: (graph, title) => toMarkdown(treeOf(graph), title, scale(graph.measure.unit, graph.total)),
}

/** `export <selector> --out <file>`: an aggregate as a pprof, or in another `--format`; `export --id <id>`: one profile as it was received. */
export async function exportPprof(argv: readonly string[]): Promise<string[]> {
  const own = { out: { type: 'string' }, id: { type: 'string' }, format: { type: 'string' } } as const
  const { client, positionals, range, filter, own: given } = readArguments(argv, own)
  if (typeof given.id === 'string')
    return [writeOut(given.out, await client.bytes('profile', { id: given.id }))]
  if (positionals.length === 0) throw new Refusal('expected: export <selector> --out <file>')
  const q = positionals.join(' ')
  const params = { q, ...range, ...withUsualValue(filter) }
  const { format = 'pprof' } = given
  if (format === 'pprof') {
    const { measure, total } = await client.json<TopFunctions>('top-functions', { ...params, limit: 1 })
    refuseEmpty(q, range, measure, total)
    return [writeOut(given.out, await client.bytes('merge.pb.gz', params))]
  }
  if (typeof format !== 'string' || !Object.hasOwn(formats, format))
    throw new Refusal(`--format is ${format}; it must be one of pprof, ${Object.keys(formats).join(', ')}`)
  const graph = await client.json<FlameGraph>('flame-graph', { ...params, maxNodes })
  refuseEmpty(q, range, graph.measure, graph.total)
  return [writeOut(given.out, (formats[format] as (typeof formats)[string])(graph, q))]
}

const treeOf = ({ nodes, frames }: FlameGraph) => ({ ...nodes, frames })
