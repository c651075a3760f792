import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as zlib from 'node:zlib'
import { chooseKind, chooseType } from '../pprof/choose'
import { decodeProfile } from '../pprof/decode'
import { limitValues } from '../pprof/limits'
import { mergeProfiles } from '../pprof/merge'
import type { Profile } from '../pprof/model'
import { type Top, topByFunction, topByLabel, topByLine } from '../pprof/top'
import { printable, scale, topText } from '../pprof/top-text'
import { type ParsedEvent, parseEvent } from '../pprof/upload'
import { wrongOption } from './options'
import { Refusal, warn } from './refusal'

// A person's own files: bounded, so that a broken one ends in a message, but far above what the intake takes.
const bounds = limitValues({
  profileInflatedBytes: 1024 ** 3,
  profileSamples: 4_000_000,
  profileStackEntries: 200_000_000,
  profileLabels: 40_000_000,
})

interface Source {
  readonly profile: Profile
  readonly file: string
}

/** `top <file.pprof|directory>`: what the profiles of one kind say together. Throws Refusal. */
export function topFiles(argv: readonly string[]): string[] {
  const { values, positionals } = parse(argv)
  const [path, ...rest] = positionals
  if (path === undefined || rest.length > 0)
    throw new Refusal('expected: top <selector>, or top <file.pprof|directory>')
  const limit = Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Refusal(`--limit is ${values.limit}; it must be an integer from 1`)
  }
  const { profile, files } = load(path, values.type)
  const index = chooseType(profile, values.type)
  const { type = '', unit = '' } = profile.sampleTypes[index] ?? {}
  const { rows, total } = summarize(profile, index, values.by)
  const { service, start, end } = uploadsOf(files)
  const samples = profile.samples.count
  if (values.json) {
    const about = { service, start, end, files: files.length, type, unit, total, samples }
    return [JSON.stringify({ ...about, by: values.by, rows })]
  }
  const source = `${service ?? path}, ${start ? `${start} to ${end}, ` : ''}${files.length} profile`
  return [
    printable(`${source}${files.length > 1 ? 's' : ''}`),
    printable(`${type}: ${scale(unit, total)(total)} in ${samples} sample${samples === 1 ? '' : 's'}`),
    '',
    ...topText({ rows, total }, { unit, places: /^(function|line)$/.test(values.by), limit }),
  ]
}

function parse(argv: readonly string[]) {
  const args = [...argv]
  // parseArgs has no option of two words: `--by label <key>` becomes `--by=label:<key>`.
  const at = args.findIndex((arg, i) => arg === '--by' && args[i + 1] === 'label')
  if (at >= 0) args.splice(at, 3, `--by=label:${args[at + 2] ?? ''}`)
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = {
    type: text,
    by: { ...text, default: 'function' },
    limit: { ...text, default: '20' },
    json: flag,
  } as const
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw wrongOption(error)
  }
}

function summarize(profile: Profile, type: number, by: string): Top {
  if (by === 'function') return topByFunction(profile, type)
  if (by === 'line') return topByLine(profile, type)
  if (by === 'endpoint') return topByLabel(profile, type, 'trace endpoint')
  if (/^label:./.test(by)) return topByLabel(profile, type, by.slice('label:'.length))
  throw new Refusal(`--by is ${by}; it must be function, line, endpoint or label <key>`)
}

function load(path: string, type: string | undefined): { profile: Profile; files: string[] } {
  if (!existsSync(path)) throw new Refusal(`${path} does not exist; a selector is like service:shop`)
  const directory = statSync(path).isDirectory()
  const sources = directory ? profileFiles(path).flatMap(readOrWarn) : [{ profile: read(path), file: path }]
  if (sources.length === 0)
    throw new Refusal(`${path} has no profile (*.pprof, *.pprof.gz, *.pb.gz) that can be read`)
  const chosen = directory ? chooseKind(sources, type) : sources
  const profiles = chosen.map(({ profile }) => profile)
  if (profiles[0] === undefined || chooseType(profiles[0], type) < 0) {
    const types = new Set(sources.flatMap(({ profile }) => profile.sampleTypes.map((known) => known.type)))
    throw new Refusal(
      `${path} has no sample type ${type ?? ''}; it has ${[...types].map(printable).join(', ')}`,
    )
  }
  return { profile: directory ? mergeProfiles(profiles) : profiles[0], files: chosen.map(({ file }) => file) }
}

function profileFiles(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const profiles = names.filter((name) => /\.(pprof|pb)(\.(gz|zst))?$/.test(name))
  return profiles.sort().map((name) => join(directory, name))
}

function readOrWarn(file: string): Source[] {
  try {
    return [{ profile: read(file), file }]
  } catch (error) {
    warn(`${(error as Error).message}; left out`)
    return []
  }
}

function read(file: string): Profile {
  try {
    return decodeProfile(inflate(readFileSync(file)), bounds)
  } catch (error) {
    throw new Refusal(`${file}: ${(error as Error).message}`)
  }
}

function inflate(bytes: Buffer): Uint8Array {
  const options = { maxOutputLength: bounds.profileInflatedBytes }
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32BE()
  if (magic >>> 16 === 0x1f8b) return zlib.gunzipSync(bytes, options)
  if (magic !== 0x28b52ffd) return bytes
  if (!zlib.zstdDecompressSync) {
    throw new Refusal(
      `compressed with zstd, which Node.js ${process.version} cannot read; 22.15 and later can`,
    )
  }
  return zlib.zstdDecompressSync(bytes, options)
}

/** What the uploads' event.json say, where the files lie in stored uploads: services and the whole interval. */
function uploadsOf(files: readonly string[]): { service?: string; start?: string; end?: string } {
  const events = [...new Set(files.map(dirname))].flatMap((directory): ParsedEvent[] => {
    try {
      return [parseEvent(readFileSync(join(directory, 'event.json')), bounds)]
    } catch {
      return []
    }
  })
  if (events.length === 0) return {}
  const services = new Set(events.map(({ tags }) => tags.get('service') ?? 'unknown'))
  return {
    service: [...services].join(' + '),
    start: new Date(Math.min(...events.map(({ startMs }) => startMs))).toISOString(),
    end: new Date(Math.max(...events.map(({ endMs }) => endMs))).toISOString(),
  }
}
