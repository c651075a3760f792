import { gzipSync } from 'node:zlib'
import { readArguments } from './options'
import { writeOut } from './output'
import { Refusal } from './refusal'

/** `export <selector> --out <file>`: an aggregate as a pprof in gzip; `export --id <id>`: one profile as it was received. */
export async function exportPprof(argv: readonly string[]): Promise<string[]> {
  const own = { out: { type: 'string' }, id: { type: 'string' } } as const
  const { client, positionals, range, filter, own: given } = readArguments(argv, own)
  if (typeof given.id === 'string')
    return [writeOut(given.out, await client.bytes('profile', { id: given.id }))]
  if (positionals.length === 0) throw new Refusal('expected: export <selector> --out <file>')
  const pprof = await client.bytes('export', { q: positionals.join(' '), ...range, ...filter })
  return [writeOut(given.out, gzipSync(pprof))]
}
