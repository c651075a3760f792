import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateGzip, inflateZstd, sniff } from '../../src/intake/inflate'
import { decodeProfile } from '../../src/pprof/decode'
import type { Profile } from '../../src/pprof/model'
import type { Manifest } from './file-sink'
import { readStored, storedIds } from './helpers'

export interface StoredProfile {
  manifest: Manifest
  name: string
  profile: Profile
}

/** Every profile in a store. */
export function storedProfiles(dir: string): StoredProfile[] {
  return storedIds(dir).flatMap((id) => {
    const manifest = JSON.parse(readFileSync(join(dir, id, 'files.json'), 'utf8')) as Manifest
    return [...readStored(dir, id)]
      .filter(([name]) => name.endsWith('.pprof'))
      .map(([name, bytes]) => ({ manifest, name, profile: decodeProfile(inflate(bytes)) }))
  })
}

function inflate(bytes: Buffer): Buffer {
  const compression = sniff(bytes)
  if (compression === 'gzip') return inflateGzip(bytes, maxBytes)
  return compression === 'zstd' ? inflateZstd(bytes, maxBytes) : bytes
}

const maxBytes = 64 * 1024 * 1024

/** A span as the store writes it: 64-bit numbers as texts. */
export type StoredSpan = Record<string, string> & {
  tags: Record<string, string>
  error: boolean
  attributes: [string, unknown][]
}

export function storedSpans(dir: string): StoredSpan[] {
  const path = join(dir, 'spans.jsonl')
  if (!existsSync(path)) return []
  // What follows the last end of a line is still being written.
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as StoredSpan)
}

/** All labels of a profile, key to values. */
export function labelsOf({ strings, samples }: Profile): Map<string, Set<string | bigint>> {
  const labels = new Map<string, Set<string | bigint>>()
  samples.labelKey.forEach((key, at) => {
    const name = strings[key] as string
    const str = samples.labelStr[at] as number
    const values = labels.get(name) ?? new Set()
    labels.set(name, values.add(str === 0 ? (samples.labelNum[at] as bigint) : (strings[str] as string)))
  })
  return labels
}

/** `samples/count,wall/nanoseconds` */
export const typesOf = ({ sampleTypes }: Profile): string =>
  sampleTypes.map(({ type, unit }) => `${type}/${unit}`).join()
