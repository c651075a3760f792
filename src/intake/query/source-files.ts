import { constants, type Dirent } from 'node:fs'
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CodedError } from '../../pprof/errors'
import type { LimitValues } from '../../pprof/limits'
import type { SourceText } from './types'

/** Names of what is shown: nothing else that lies below a root is, whoever asks. */
const extensions = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'])
const maxPathChars = 4_096
/** What is looked through for source maps, and how long it is remembered. */
const maxDirectories = 5_000
const maxMaps = 500
const rememberedMs = 60_000

type Limits = Pick<LimitValues, 'sourceBytes' | 'sourceMapBytes'>

/**
 * Texts of source files below the directories that the user allowed. File names come from profiles and requests, which is from strangers:
 * a path counts as what it really is, after links and `..`.
 */
export class SourceFiles {
  #maps: { untilMs: number; ofSource: Map<string, string> } | undefined

  constructor(
    private readonly roots: readonly string[],
    private readonly limits: Limits,
  ) {}

  /** The text of a file, or of a source that a map below the roots holds. Rejects with CodedError source_unavailable. */
  async read(file: string): Promise<SourceText> {
    if (this.roots.length === 0)
      throw unavailable(file, 'this intake was allowed no directory (sourceRoots, ACME_INTAKE_SOURCE_ROOTS)')
    const roots = await this.#realRoots()
    const candidates = pathsOf(file, roots)
    if (candidates.length === 0) throw unavailable(file, 'it is in no directory of sourceRoots')
    if (!candidates.some((path) => extensions.has(extname(path))))
      throw unavailable(file, `it is no ${[...extensions].join(', ')}`)
    for (const path of candidates) {
      const text = await readBelow(roots, path, this.limits.sourceBytes, 'limits.sourceBytes', file)
      if (text !== undefined) return { file, from: 'file', text }
    }
    const ofSource = await this.#sourcesOfMaps(roots)
    for (const path of candidates) {
      const map = ofSource.get(path)
      const text = map && (await this.#textIn(roots, map, path))
      if (text !== undefined) return { file, from: 'source map', text }
    }
    throw unavailable(file, 'there is no such file, and no source map of sourceRoots holds it')
  }

  async #realRoots(): Promise<string[]> {
    const real = await Promise.all(this.roots.map((root) => realpath(root).catch(() => undefined)))
    return real.filter((root): root is string => root !== undefined)
  }

  async #sourcesOfMaps(roots: readonly string[]): Promise<Map<string, string>> {
    const known = this.#maps
    if (known && known.untilMs > Date.now()) return known.ofSource
    const ofSource = new Map<string, string>()
    for (const path of await mapsBelow(roots)) {
      const map = await this.#readMap(roots, path)
      map?.sources.forEach((source) => {
        if (source !== undefined) ofSource.set(source, path)
      })
    }
    this.#maps = { untilMs: Date.now() + rememberedMs, ofSource }
    return ofSource
  }

  async #textIn(roots: readonly string[], mapPath: string, source: string): Promise<string | undefined> {
    const map = await this.#readMap(roots, mapPath)
    const text = map?.contents[map.sources.indexOf(source)]
    return typeof text === 'string' && text.length <= this.limits.sourceBytes ? text : undefined
  }

  /** Sources by their whole paths; undefined where it is no source map. */
  async #readMap(roots: readonly string[], path: string) {
    try {
      const text = await readBelow(roots, path, this.limits.sourceMapBytes, 'limits.sourceMapBytes', path)
      const { sources, sourcesContent, sourceRoot } = JSON.parse(text ?? '') as Record<string, unknown>
      if (!Array.isArray(sources) || !Array.isArray(sourcesContent)) return undefined
      const from = typeof sourceRoot === 'string' ? sourceRoot : ''
      return {
        sources: sources.map((source) =>
          typeof source === 'string' ? resolve(dirname(path), plainPath(from), plainPath(source)) : undefined,
        ),
        contents: sourcesContent as unknown[],
      }
    } catch {
      return undefined
    }
  }
}

const unavailable = (file: string, reason: string) =>
  new CodedError('source_unavailable', { file: file.slice(0, 200), reason })

const isBelow = (roots: readonly string[], path: string) =>
  roots.some((root) => path.startsWith(root.endsWith(sep) ? root : root + sep))

function plainPath(name: string): string {
  if (!name.startsWith('file:')) return name
  try {
    return fileURLToPath(name)
  } catch {
    return ''
  }
}

/** Where a file could be: as it is named, or below each root where the name is relative. */
function pathsOf(file: string, roots: readonly string[]): string[] {
  const plain = plainPath(file)
  if (plain === '' || plain.length > maxPathChars || plain.includes('\0')) return []
  const paths = isAbsolute(plain) ? [resolve(plain)] : roots.map((root) => resolve(root, plain))
  return paths.filter((path) => isBelow(roots, path))
}

/** Undefined where there is no such file. Rejects where it is really elsewhere, too large, or no text. */
async function readBelow(
  roots: readonly string[],
  path: string,
  maxBytes: number,
  knob: string,
  file: string,
): Promise<string | undefined> {
  let handle: FileHandle | undefined
  try {
    const real = await realpath(path)
    if (!isBelow(roots, real)) throw unavailable(file, 'it is in no directory of sourceRoots')
    // A pipe would never be opened, and a link put in its place meanwhile is not followed.
    handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const stat = await handle.stat()
    if (!stat.isFile()) return undefined
    if (stat.size > maxBytes)
      throw unavailable(file, `it has ${stat.size} bytes, and the limit is ${maxBytes} (${knob})`)
    const bytes = new Uint8Array(stat.size)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    if ((await realpath(path)) !== real) return undefined
    if (bytes.includes(0)) throw unavailable(file, 'it is no text')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytesRead))
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (error instanceof TypeError) throw unavailable(file, 'it is no text')
    return undefined
  } finally {
    await handle?.close()
  }
}

/** Source maps of the user's own code: what is installed has its own, and many. */
async function mapsBelow(roots: readonly string[]): Promise<string[]> {
  const maps: string[] = []
  const open = [...roots]
  for (let at = 0; at < open.length && at < maxDirectories && maps.length < maxMaps; at++) {
    const folder = open[at] as string
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !['node_modules', '.git'].includes(basename(path))) open.push(path)
      else if (entry.isFile() && entry.name.endsWith('.map')) maps.push(path)
    }
  }
  return maps.slice(0, maxMaps)
}
