import { dirname } from 'node:path'
import { findMap, type MapPlace } from './map-url'
import { type FileFacts, factsOf, readRange } from './regular-file'
import type { Original, Place } from './translate'

/** What is found for the places of one script, in their order: undefined is to be left as it is. */
export interface Translation {
  originals: (Original | undefined)[]
  /** The script names a map that is not there, or that cannot be read. */
  isMapMissing: boolean
}

interface Script {
  version: string
  facts: FileFacts
  /** undefined: it names none. */
  map: MapPlace | undefined
  mapVersion: string | undefined
  isMapMissing: boolean
  answers: Map<string, Original | undefined>
  chars: number
}

const maxMapBytes = 32 * 1024 * 1024
const maxScriptBytes = maxMapBytes
const maxInlineBytes = Math.ceil(maxMapBytes / 3) * 4
const maxScripts = 4_096
const maxChars = 2 * 1024 * 1024
/** Of a key of an answer and the objects around it, beside its texts. */
const charsPerAnswer = 100

/**
 * Translates places of scripts by their source maps. Files are read when a place is first asked for, and only what was asked for is kept:
 * the answers, at most some megabytes of them, and those least lately used go. Synchronous: in a thread of its own that is the cheapest.
 * What becomes of hostile files: regular ones only, of at most 32 MiB, each read once; a map that is none is missing.
 */
export class SourceMaps {
  /** The latest last. */
  readonly #scripts = new Map<string, Script>()
  #chars = 0
  #bytesLeft = 0

  /** Bytes that may be read until the next call. Places in maps beyond that are left as they are, this time. */
  set budget(bytes: number) {
    this.#bytesLeft = bytes
  }

  /** Never throws. */
  translate(path: string, places: readonly Place[]): Translation {
    const script = this.#script(path)
    if (!script?.map || script.isMapMissing)
      return { originals: [], isMapMissing: script?.isMapMissing ?? false }
    const keys = places.map(({ line, column, name }) => `${line}:${column}:${name}`)
    const unknown = places.filter((_, i) => !script.answers.has(keys[i] as string))
    if (unknown.length > 0) this.#answer(path, script, unknown)
    return { originals: keys.map((key) => script.answers.get(key)), isMapMissing: script.isMapMissing }
  }

  #script(path: string): Script | undefined {
    const facts = factsOf(path)
    const known = this.#scripts.get(path)
    if (known) this.#forget(path, known)
    if (!facts || facts.bytes === 0) return undefined
    const isSame =
      known?.version === facts.version &&
      (known.map?.kind !== 'file' || factsOf(known.map.path)?.version === known.mapVersion)
    const script = isSame ? known : this.#look(path, facts)
    this.#scripts.set(path, script)
    this.#chars += script.chars
    this.#makeRoom()
    return script
  }

  #look(path: string, facts: FileFacts): Script {
    const map = findMap(path, facts, maxInlineBytes)
    const mapFacts = map?.kind === 'file' ? factsOf(map.path) : undefined
    const isMapMissing =
      map?.kind === 'elsewhere' || (map?.kind === 'file' && !(mapFacts && mapFacts.bytes <= maxMapBytes))
    return {
      version: facts.version,
      facts,
      map,
      mapVersion: mapFacts?.version,
      isMapMissing,
      answers: new Map(),
      chars: path.length + charsPerAnswer,
    }
  }

  #answer(path: string, script: Script, places: readonly Place[]): void {
    const isTextRead = script.facts.bytes <= maxScriptBytes
    const mapBytes = script.map?.kind === 'file' ? (factsOf(script.map.path)?.bytes ?? 0) : script.facts.bytes
    // Next time, when what is left is more.
    if (mapBytes + (isTextRead ? script.facts.bytes : 0) > this.#bytesLeft) return
    try {
      const map = this.#readMap(path, script)
      // Loaded by the first script that has a map.
      const { translate } = require('./translate') as typeof import('./translate')
      const folder = dirname(script.map?.kind === 'file' ? script.map.path : path)
      const originals = translate(map, folder, places, () =>
        isTextRead ? this.#read(path, 0, script.facts.bytes) : undefined,
      )
      places.forEach((place, i) => {
        const { line, column, name } = place
        const original = originals[i]
        script.answers.set(`${line}:${column}:${name}`, original)
        const chars = charsPerAnswer + name.length + (original?.name.length ?? 0)
        script.chars += chars
        this.#chars += chars
      })
    } catch {
      script.isMapMissing = true
    }
  }

  #readMap(path: string, { map, facts }: Script): Uint8Array {
    if (map?.kind === 'inline')
      return decodeBase64(this.#read(path, map.start, Math.min(map.end, facts.bytes)))
    return this.#read((map as { path: string }).path, 0, maxMapBytes)
  }

  #read(path: string, start: number, end: number): Buffer {
    const bytes = readRange(path, start, end)
    if (!bytes) throw new Error('the file has gone')
    this.#bytesLeft -= bytes.length
    return bytes
  }

  #makeRoom(): void {
    for (const [path, script] of this.#scripts) {
      // The latest stays: it is in use.
      const isFull = this.#scripts.size > maxScripts || this.#chars > maxChars
      if (!isFull || this.#scripts.size === 1) return
      this.#forget(path, script)
    }
  }

  #forget(path: string, { chars }: Script): void {
    this.#scripts.delete(path)
    this.#chars -= chars
  }
}

/** In pieces: all of it as one string would be most of what the thread's heap may hold. */
function decodeBase64(base64: Buffer): Buffer {
  const pieceBytes = 64 * 1024
  const decoded = Buffer.allocUnsafeSlow(Math.ceil(base64.length / 4) * 3)
  let length = 0
  for (let at = 0; at < base64.length; at += pieceBytes) {
    length += decoded.write(base64.toString('latin1', at, at + pieceBytes), length, 'base64')
  }
  return decoded.subarray(0, length)
}
